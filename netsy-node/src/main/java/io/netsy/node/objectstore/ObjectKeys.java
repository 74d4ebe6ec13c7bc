package io.netsy.node.objectstore;

/**
 * The grammar of keys, narrow enough that a key means the same to every store and to a file system: segments of
 * {@code [A-Za-z0-9._-]} joined by single slashes, at most 512 characters, no segment that starts with a dot or ends in
 * {@value #RESERVED_SUFFIX}.
 *
 * <p>All characters are ASCII, so the order of Java strings is the order of the key's bytes.
 */
public final class ObjectKeys {

    /** The ending of the folder in which the file adapter keeps the later versions of a swapped object. */
    public static final String RESERVED_SUFFIX = ".versions";

    private static final int MAX_LENGTH = 512;

    private ObjectKeys() {}

    /**
     * The key itself when it is allowed.
     *
     * @throws IllegalArgumentException naming the key and the rule it breaks
     */
    public static String check(String key) {
        checkCharacters(key);
        if (key.isEmpty()) {
            throw invalid(key, "it is empty");
        }
        int start = 0;
        while (start <= key.length()) {
            int slash = key.indexOf('/', start);
            int end = slash < 0 ? key.length() : slash;
            checkSegment(key, key.substring(start, end));
            start = end + 1;
        }
        return key;
    }

    /**
     * The beginning of keys itself when some allowed key could begin so; empty is allowed.
     *
     * @throws IllegalArgumentException naming the prefix and the rule it breaks
     */
    public static String checkPrefix(String prefix) {
        checkCharacters(prefix);
        if (prefix.startsWith("/") || prefix.contains("//") || prefix.startsWith(".") || prefix.contains("/.")) {
            throw invalid(prefix, "no key can begin so");
        }
        return prefix;
    }

    private static void checkCharacters(String key) {
        if (key.length() > MAX_LENGTH) {
            throw invalid(key, "it has more than " + MAX_LENGTH + " characters");
        }
        for (int i = 0; i < key.length(); i++) {
            if (!isAllowed(key.charAt(i))) {
                throw invalid(key, "character " + (i + 1) + " is none of A-Z a-z 0-9 . _ - /");
            }
        }
    }

    private static void checkSegment(String key, String segment) {
        if (segment.isEmpty()) {
            throw invalid(key, "it has an empty segment");
        }
        if (segment.startsWith(".")) {
            throw invalid(key, "a segment starts with a dot");
        }
        if (segment.endsWith(RESERVED_SUFFIX)) {
            throw invalid(key, "a segment ends in the reserved " + RESERVED_SUFFIX);
        }
    }

    private static boolean isAllowed(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '.'
                || c == '_'
                || c == '-'
                || c == '/';
    }

    private static IllegalArgumentException invalid(String key, String reason) {
        return new IllegalArgumentException("object key \"" + key + "\" is not allowed: " + reason);
    }
}
