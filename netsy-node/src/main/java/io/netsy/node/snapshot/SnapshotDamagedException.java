package io.netsy.node.snapshot;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A snapshot is not whole, not undamaged, not of this cluster or not of a known format; the message names it and says why. */
public final class SnapshotDamagedException extends IOException {
    private final String reason;
    private final int newerFormat;

    SnapshotDamagedException(String name, String reason, @Nullable Throwable cause) {
        this(name, reason, 0, cause);
    }

    private SnapshotDamagedException(String name, String reason, int newerFormat, @Nullable Throwable cause) {
        super("snapshot %s can't be used: %s; use another snapshot".formatted(name, reason), cause);
        this.reason = reason;
        this.newerFormat = newerFormat;
    }

    static SnapshotDamagedException ofNewerFormat(String name, int format) {
        return new SnapshotDamagedException(
                name,
                "format version %d, this netsy reads version %d".formatted(format, SnapshotHeader.FORMAT_VERSION),
                format,
                null);
    }

    /** Why, without the snapshot's name. */
    public String reason() {
        return reason;
    }

    /** The format it is of when a newer netsy wrote it, else 0. */
    public int newerFormat() {
        return newerFormat;
    }

    /** The newest format that this netsy reads. */
    public int knownFormat() {
        return SnapshotHeader.FORMAT_VERSION;
    }
}
