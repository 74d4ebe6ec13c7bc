package io.netsy.node.writeahead;

import io.netsy.replication.model.LogPosition;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The fixed part in front of a segment: the position that its first frame follows. Numbers are big-endian.
 *
 * <pre>
 * offset bytes
 *      0     4  magic "NSYW"
 *      4     4  format version, 1
 *      8     8  term of the position before
 *     16     8  index of the position before
 *     24     4  checksum of the position before
 *     28     4  CRC32C of bytes 0 to 27
 * </pre>
 */
final class SegmentHeader {
    static final int SIZE_BYTES = 32;

    private static final int MAGIC = 0x4e535957;
    private static final int FORMAT_VERSION = 1;

    private SegmentHeader() {}

    static ByteBuffer encode(LogPosition base) {
        ByteBuffer buffer = ByteBuffer.allocate(SIZE_BYTES);
        buffer.putInt(MAGIC).putInt(FORMAT_VERSION);
        buffer.putLong(base.term()).putLong(base.index()).putInt(base.checksum());
        buffer.putInt(checksum(buffer.array()));
        return buffer.flip();
    }

    /** The position, if these bytes are an undamaged header. */
    static Optional<LogPosition> decode(ByteBuffer buffer) {
        if (buffer.remaining() < SIZE_BYTES) {
            return Optional.empty();
        }
        byte[] bytes = new byte[SIZE_BYTES];
        buffer.get(bytes);
        ByteBuffer header = ByteBuffer.wrap(bytes);
        boolean known = header.getInt() == MAGIC && header.getInt() == FORMAT_VERSION;
        LogPosition base = known ? new LogPosition(header.getLong(), header.getLong(), header.getInt()) : null;
        return base != null && header.getInt() == checksum(bytes) ? Optional.of(base) : Optional.empty();
    }

    private static int checksum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, SIZE_BYTES - Integer.BYTES);
        return (int) crc.getValue();
    }
}
