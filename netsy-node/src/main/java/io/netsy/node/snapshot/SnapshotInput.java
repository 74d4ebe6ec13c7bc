package io.netsy.node.snapshot;

import com.github.luben.zstd.ZstdIOException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** Reads what {@link SnapshotOutput} wrote. For one thread. */
final class SnapshotInput {
    private static final int BUFFER_BYTES = 1 << 16;

    private final String name;
    private final InputStream in;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).limit(0);
    private final CRC32C crc = new CRC32C();

    /** Up to where the buffer is summed up. */
    private int summed;

    /**
     * An input.
     *
     * @param name the snapshot's, for messages
     */
    SnapshotInput(String name, InputStream in) {
        this.name = name;
        this.in = in;
    }

    short readShort() throws IOException {
        return need(Short.BYTES).getShort();
    }

    int readInt() throws IOException {
        return need(Integer.BYTES).getInt();
    }

    long readLong() throws IOException {
        return need(Long.BYTES).getLong();
    }

    byte[] readBytes(int length) throws IOException {
        byte[] bytes = new byte[length];
        int have = Math.min(length, buffer.remaining());
        buffer.get(bytes, 0, have);
        if (have < length) {
            sumUp();
            readFully(bytes, have, length - have);
            crc.update(bytes, have, length - have);
        }
        return bytes;
    }

    private ByteBuffer need(int bytes) throws IOException {
        if (buffer.remaining() < bytes) {
            sumUp();
            buffer.compact();
            readFully(buffer.array(), buffer.position(), bytes - buffer.position());
            buffer.position(bytes);
            int more = readSome(buffer.array(), bytes, BUFFER_BYTES - bytes);
            buffer.position(bytes + Math.max(more, 0)).flip();
            summed = 0;
        }
        return buffer;
    }

    private void sumUp() {
        crc.update(buffer.array(), summed, buffer.position() - summed);
        summed = buffer.position();
    }

    private void readFully(byte[] into, int offset, int length) throws IOException {
        int done = 0;
        while (done < length) {
            int count = readSome(into, offset + done, length - done);
            if (count < 0) {
                throw damaged("it ends too early");
            }
            done += count;
        }
    }

    private int readSome(byte[] into, int offset, int length) throws IOException {
        try {
            return in.read(into, offset, length);
        } catch (ZstdIOException e) {
            throw new SnapshotDamagedException(name, String.valueOf(e.getMessage()), e);
        }
    }

    /** Reads the checksum at the end, which must match what was read before, and makes sure that nothing follows. */
    void finish() throws IOException {
        sumUp();
        int actual = (int) crc.getValue();
        int expected = readInt();
        if (actual != expected) {
            throw damaged("CRC32C of its content is %08x, its trailer says %08x".formatted(actual, expected));
        }
        if (buffer.hasRemaining() || readSome(new byte[1], 0, 1) >= 0) {
            throw damaged("something follows its end");
        }
    }

    SnapshotDamagedException newerFormat(int format) {
        return SnapshotDamagedException.ofNewerFormat(name, format);
    }

    SnapshotDamagedException damaged(String reason) {
        return new SnapshotDamagedException(name, reason, null);
    }
}
