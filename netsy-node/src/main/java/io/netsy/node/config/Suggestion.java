package io.netsy.node.config;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** The name that a mistyped one was probably meant to be. */
final class Suggestion {
    private Suggestion() {}

    /** {@code "; did you mean 'name'?"} for the nearest name, or nothing when none is near. */
    static String of(String typed, List<String> names) {
        return names.stream()
                .min(Comparator.comparingInt((String name) -> distance(typed, name))
                        .thenComparing(Comparator.naturalOrder()))
                .filter(name -> distance(typed, name) <= Math.max(2, name.length() / 3))
                .map(name -> "; did you mean '" + name + "'?")
                .orElse("");
    }

    /** The least number of letters to insert, delete or replace (Levenshtein), letter case and separators ignored. */
    static int distance(String left, String right) {
        String from = plain(left);
        String to = plain(right);
        int[] previous = new int[to.length() + 1];
        for (int column = 0; column <= to.length(); column++) {
            previous[column] = column;
        }
        for (int row = 1; row <= from.length(); row++) {
            int[] current = new int[to.length() + 1];
            current[0] = row;
            for (int column = 1; column <= to.length(); column++) {
                int replaced = previous[column - 1] + (from.charAt(row - 1) == to.charAt(column - 1) ? 0 : 1);
                current[column] = Math.min(replaced, 1 + Math.min(previous[column], current[column - 1]));
            }
            previous = current;
        }
        return previous[to.length()];
    }

    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[-_]", "");
    }
}
