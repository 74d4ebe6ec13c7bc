package io.netsy.node.archive;

/** The keys of the bucket's layout (brief, section 3); numbers have 20 digits, so that their order is the keys' order. */
public final class LogKeys {
    /** Cluster id and format version. */
    public static final String CLUSTER = "cluster.json";

    /** The term register. */
    public static final String TERM = "term.json";

    /** Who the elector is, where the store says so; a lease, on which no safety rests. */
    public static final String ELECTOR = "elector.json";

    /** What all chunks begin with. */
    public static final String LOG_PREFIX = "log/";

    /** What all snapshots begin with. */
    public static final String SNAPSHOT_PREFIX = "snapshots/";

    private LogKeys() {}

    /** The key of the chunk that begins with this index. */
    public static String chunk(long firstIndex) {
        return LOG_PREFIX + digits(firstIndex);
    }

    /** The index that a chunk's key says; -1 when it is no chunk's key. */
    public static long firstIndexOf(String key) {
        return number(key, LOG_PREFIX);
    }

    private static long number(String key, String prefix) {
        String digits = key.startsWith(prefix) ? key.substring(prefix.length()) : "";
        boolean wellFormed = digits.length() == 20 && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        try {
            return wellFormed ? Long.parseLong(digits) : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** A number with 20 digits. */
    public static String digits(long number) {
        String digits = Long.toString(number);
        return "0".repeat(20 - digits.length()) + digits;
    }
}
