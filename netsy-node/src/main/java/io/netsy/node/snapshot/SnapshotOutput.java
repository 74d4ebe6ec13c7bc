package io.netsy.node.snapshot;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** Writes big-endian numbers and bytes to a stream through a buffer, and sums them up. For one thread. */
final class SnapshotOutput {
    private static final int BUFFER_BYTES = 1 << 16;

    private final OutputStream out;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    private final CRC32C crc = new CRC32C();

    SnapshotOutput(OutputStream out) {
        this.out = out;
    }

    SnapshotOutput writeShort(short value) throws IOException {
        room(Short.BYTES).putShort(value);
        return this;
    }

    SnapshotOutput writeInt(int value) throws IOException {
        room(Integer.BYTES).putInt(value);
        return this;
    }

    SnapshotOutput writeLong(long value) throws IOException {
        room(Long.BYTES).putLong(value);
        return this;
    }

    SnapshotOutput writeBytes(byte[] bytes) throws IOException {
        if (bytes.length <= BUFFER_BYTES) {
            room(bytes.length).put(bytes);
        } else {
            drain();
            crc.update(bytes);
            out.write(bytes);
        }
        return this;
    }

    private ByteBuffer room(int bytes) throws IOException {
        if (buffer.remaining() < bytes) {
            drain();
        }
        return buffer;
    }

    private void drain() throws IOException {
        crc.update(buffer.array(), 0, buffer.position());
        out.write(buffer.array(), 0, buffer.position());
        buffer.clear();
    }

    /** Writes the CRC32C of everything written before, and hands all of it to the stream. */
    void finish() throws IOException {
        drain();
        writeInt((int) crc.getValue());
        drain();
    }
}
