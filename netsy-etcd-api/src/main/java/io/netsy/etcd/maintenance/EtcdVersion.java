package io.netsy.etcd.maintenance;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The release of etcd that this server behaves like. Clients switch features on by it, so it is nothing but a semantic
 * version.
 */
public record EtcdVersion(int major, int minor, int patch) {
    private static final Pattern SEMANTIC =
            Pattern.compile("(\\d{1,9})\\.(\\d{1,9})(?:\\.(\\d{1,9})(?:-[0-9A-Za-z.-]+)?(?:\\+[0-9A-Za-z.-]+)?)?");

    /** Reads "3.6.14", or "3.6", which is its first patch release. */
    public static EtcdVersion parse(String text) {
        Matcher matcher = SEMANTIC.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a version such as 3.6.14");
        }
        String patch = matcher.group(3);
        return new EtcdVersion(
                Integer.parseInt(matcher.group(1)),
                Integer.parseInt(matcher.group(2)),
                patch == null ? 0 : Integer.parseInt(patch));
    }

    /** What a cluster of such servers agrees on: without the patch release. */
    public String cluster() {
        return major + "." + minor;
    }

    /** The format of data that such servers keep. */
    public String storage() {
        return cluster() + ".0";
    }

    /** Whether a cluster of this version may be brought down to the other one. */
    boolean canGoDownTo(EtcdVersion other) {
        return other.major == major && other.minor == minor - 1;
    }

    @Override
    public String toString() {
        return major + "." + minor + "." + patch;
    }
}
