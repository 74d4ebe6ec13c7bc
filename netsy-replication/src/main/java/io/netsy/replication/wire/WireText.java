package io.netsy.replication.wire;

/** Text that came from elsewhere, made fit for one line of a log. */
final class WireText {
    /** Characters of a reason. */
    static final int MAX_CHARS = 1_000;

    private WireText() {}

    /** The text on one line and not too long. */
    static String oneLine(String text) {
        String cut = text.length() > MAX_CHARS ? text.substring(0, endBefore(text)) + "..." : text;
        return cut.codePoints()
                .map(point -> isPlain(point) ? point : ' ')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    /** Whether every character may stand in a log as it is. */
    static boolean isPlain(String text) {
        return text.codePoints().allMatch(WireText::isPlain);
    }

    private static boolean isPlain(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> false;
            default -> true;
        };
    }

    private static int endBefore(String text) {
        return Character.isHighSurrogate(text.charAt(MAX_CHARS - 1)) ? MAX_CHARS - 1 : MAX_CHARS;
    }
}
