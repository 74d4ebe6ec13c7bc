package io.netsy.node.writeahead;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Whole reads, whole writes and flushes of directories. */
final class Disk {
    /** The JDK copies what it writes through a buffer of this size that it keeps for each thread. */
    private static final int WRITE_BYTES = 1 << 18;

    private Disk() {}

    /** Appends the remaining bytes. */
    static void write(FileChannel channel, ByteBuffer bytes) throws IOException {
        int end = bytes.limit();
        while (bytes.position() < end) {
            bytes.limit(Math.min(end, bytes.position() + WRITE_BYTES));
            channel.write(bytes);
            bytes.limit(end);
        }
    }

    /** Reads up to the buffer's limit or the end of the file, and flips the buffer. */
    static ByteBuffer read(FileChannel channel, long offset, ByteBuffer into) throws IOException {
        long at = offset;
        while (into.hasRemaining()) {
            int count = channel.read(into, at);
            if (count < 0) {
                break;
            }
            at += count;
        }
        return into.flip();
    }

    /** Makes names that came or went in a directory durable. */
    static void flushDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
