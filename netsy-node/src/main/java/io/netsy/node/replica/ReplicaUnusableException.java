package io.netsy.node.replica;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A replica's file can't be used and never will: delete it with {@link Replica#delete} and build it anew from the
 * bucket. Nothing is lost by that.
 */
public final class ReplicaUnusableException extends IOException {
    private final Path file;
    private final Reason reason;

    ReplicaUnusableException(Path file, Reason reason, String detail, @Nullable Throwable cause) {
        super(
                "replica %s %s: %s; it has to be deleted and built anew from the bucket"
                        .formatted(file, reason.text, detail),
                cause);
        this.file = file;
        this.reason = reason;
    }

    /** Why a file can't be used. */
    public enum Reason {
        CORRUPT("is damaged"),
        OTHER_CLUSTER("belongs to another cluster"),
        OTHER_DISK("was made in another data directory"),
        NEWER_FORMAT("was written by a newer netsy"),
        OLDER_FORMAT("was written by an older netsy");

        private final String text;

        Reason(String text) {
            this.text = text;
        }
    }

    public Path file() {
        return file;
    }

    public Reason reason() {
        return reason;
    }
}
