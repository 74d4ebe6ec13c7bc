package io.netsy.node.archive;

import io.netsy.node.objectstore.ObjectInfo;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A snapshot as the listing shows it: {@code snapshots/<index>-<revision>}, both with 20 digits.
 *
 * @param index the log index it was made at
 * @param revision the store revision there
 * @param madeAt when it was put into the bucket
 */
public record SnapshotInfo(String key, long index, long revision, long sizeBytes, Instant madeAt) {
    private static final Pattern KEY = Pattern.compile("snapshots/(\\d{20})-(\\d{20})");

    static String keyOf(long index, long revision) {
        return LogKeys.SNAPSHOT_PREFIX + LogKeys.digits(index) + "-" + LogKeys.digits(revision);
    }

    /** What a listed object is, if it is a snapshot. */
    static Optional<SnapshotInfo> of(ObjectInfo object) {
        Matcher matcher = KEY.matcher(object.key());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        return Optional.of(new SnapshotInfo(
                object.key(),
                Long.parseLong(matcher.group(1)),
                Long.parseLong(matcher.group(2)),
                object.sizeBytes(),
                object.lastModified()));
    }
}
