package io.netsy.node.snapshot;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A snapshot is not whole, not undamaged, not of this cluster or not of a known format; the message names it and says why. */
public final class SnapshotDamagedException extends IOException {
    SnapshotDamagedException(String name, String reason, @Nullable Throwable cause) {
        super("snapshot %s can't be used: %s; use another snapshot".formatted(name, reason), cause);
    }
}
