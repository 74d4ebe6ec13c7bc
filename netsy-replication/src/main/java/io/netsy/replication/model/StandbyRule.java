package io.netsy.replication.model;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whose word counts for a commit, in the syntax of PostgreSQL's {@code synchronous_standby_names}: {@code ANY n (a, b)},
 * {@code FIRST n (a, b)}, or {@code *} for any one of all other nodes.
 *
 * <p>The primary's own name may stand in the list, so that all nodes can share one configuration; it never counts. FIRST is a
 * preference among those connected and no evidence: who fences treats it as ANY (protocol safety, 19).
 *
 * @param count how many must have spoken; at least 1
 * @param names in order of preference; empty: all other nodes
 */
public record StandbyRule(Choice choice, int count, List<String> names) {
    /** {@code *}: any one of the other nodes. */
    public static final StandbyRule ANYONE = new StandbyRule(Choice.ANY, 1, List.of());

    private static final Pattern SYNTAX =
            Pattern.compile("\\s*(ANY|FIRST)\\s+(\\d{1,4})\\s*\\(([^()]*)\\)\\s*", Pattern.CASE_INSENSITIVE);
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

    /** How the ones that are waited for are chosen. */
    public enum Choice {
        /** Whoever is first to speak. */
        ANY,
        /** Those who stand first in the list among the connected ones. */
        FIRST
    }

    public StandbyRule {
        names = List.copyOf(names);
        if (count < 1) {
            throw new IllegalArgumentException("at least one standby must be waited for, not " + count);
        }
        Set<String> distinct = new HashSet<>(names);
        if (distinct.size() != names.size()) {
            throw new IllegalArgumentException("a standby is named twice in (" + String.join(", ", names) + ")");
        }
        if (!names.isEmpty() && count > names.size()) {
            throw new IllegalArgumentException("%d standbys are to be waited for, only %d are named: (%s)"
                    .formatted(count, names.size(), String.join(", ", names)));
        }
    }

    /**
     * Reads a rule.
     *
     * @throws IllegalArgumentException saying what is wrong and what a rule looks like
     */
    public static StandbyRule parse(String text) {
        if (text.strip().equals("*")) {
            return ANYONE;
        }
        Matcher matcher = SYNTAX.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "'%s' is no standby rule; write ANY 1 (node-b, node-c), FIRST 1 (node-b, node-c) or *"
                            .formatted(text));
        }
        Choice choice = Choice.valueOf(matcher.group(1).toUpperCase(Locale.ROOT));
        int count = Integer.parseInt(matcher.group(2));
        if (matcher.group(3).strip().equals("*")) {
            return new StandbyRule(choice, count, List.of());
        }
        List<String> names = new ArrayList<>();
        for (String part : matcher.group(3).split(",", -1)) {
            String name = part.strip();
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException(
                        "'%s' is no node name, in the standby rule '%s'".formatted(name, text));
            }
            names.add(name);
        }
        return new StandbyRule(choice, count, names);
    }

    /**
     * Checks that the rule can ever be met.
     *
     * @param primary who never counts
     * @param nodes all nodes of the cluster
     * @throws IllegalArgumentException when more are waited for than there are beside the primary
     */
    public void validate(String primary, Set<String> nodes) {
        for (String name : names) {
            if (!nodes.contains(name)) {
                throw new IllegalArgumentException(
                        "the standby rule '%s' names '%s', which is no node of the cluster (%s)"
                                .formatted(
                                        this,
                                        name,
                                        String.join(
                                                ", ", nodes.stream().sorted().toList())));
            }
        }
        int others = listFor(primary, nodes).size();
        if (count > others) {
            throw new IllegalArgumentException(
                    "the standby rule '%s' waits for %d standbys, beside the primary '%s' there are only %d"
                            .formatted(this, count, primary, others));
        }
    }

    /** Those whose word counts, in order of preference. */
    public List<String> listFor(String primary, Set<String> nodes) {
        List<String> from = names.isEmpty() ? nodes.stream().sorted().toList() : names;
        return from.stream().filter(name -> !name.equals(primary)).toList();
    }

    /**
     * The highest index that enough standbys vouch for; -1 when too few are there.
     *
     * @param list what {@link #listFor} answered
     * @param connected asked for each of the list; the index that the standby vouches for, or -1 when it is not there
     */
    public long vouchedFor(List<String> list, ToLongFunction<String> connected) {
        long[] indexes = list.stream()
                .mapToLong(connected)
                .filter(index -> index >= 0)
                .limit(choice == Choice.FIRST ? count : Long.MAX_VALUE)
                .sorted()
                .toArray();
        return indexes.length < count ? -1 : indexes[indexes.length - count];
    }

    /**
     * How many of the list must answer a fence so that every set of {@link #count} that could have vouched is met, the
     * primary itself being out of reach: never fewer than one.
     */
    public int fenceSize(int listSize) {
        return Math.max(1, listSize - count + 1);
    }

    @Override
    public String toString() {
        if (equals(ANYONE)) {
            return "*";
        }
        return "%s %d (%s)".formatted(choice, count, names.isEmpty() ? "*" : String.join(", ", names));
    }
}
