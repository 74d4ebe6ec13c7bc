package io.netsy.node.writeahead;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The write-ahead file lost records that it may have flushed: it has to be deleted, and the node must draw a new disk id
 * (protocol safety, 6).
 */
public final class WriteAheadDamagedException extends IOException {
    private final Path file;
    private final long offset;
    private final long index;

    WriteAheadDamagedException(Path file, long offset, long index, String reason, @Nullable Throwable cause) {
        super(
                ("write-ahead file %s is damaged at offset %d, where index %d was expected: %s; delete the directory,"
                                + " its frames come back from the bucket and from other nodes")
                        .formatted(file, offset, index, reason),
                cause);
        this.file = file;
        this.offset = offset;
        this.index = index;
    }

    /** The segment. */
    public Path file() {
        return file;
    }

    /** Where in it the bad record begins. */
    public long offset() {
        return offset;
    }

    /** The log index that should begin there. */
    public long index() {
        return index;
    }
}
