package io.netsy.replication.codec;

import io.netsy.replication.model.LogPosition;
import java.nio.ByteBuffer;

/**
 * The fixed part in front of every frame: what it holds and where it stands in the chain. Numbers are big-endian.
 *
 * <pre>
 * offset bytes
 *      0     4  magic "NSYF"
 *      4     1  format version, 1
 *      5     1  kind, 1: entries
 *      6     2  flags, 0
 *      8     8  term the entries were written under
 *     16     8  index of the first entry
 *     24     8  index of the last entry
 *     32     8  store revision after the first entry
 *     40     8  store revision after the last entry
 *     48     8  wall clock of the writer, milliseconds since 1970; for people and point-in-time recovery only
 *     56     4  checksum of the frame before; 0 in front of the first
 *     60     4  length of the payload
 *     64     4  CRC32C of bytes 0 to 63 and the payload
 *     68        payload: entries, one after the other
 * </pre>
 */
public record FrameHeader(
        long term,
        long firstIndex,
        long lastIndex,
        long firstRevision,
        long lastRevision,
        long writtenAtMillis,
        int previousChecksum,
        int payloadBytes,
        int checksum) {
    /** Bytes of the header. */
    public static final int SIZE_BYTES = 68;

    /** A payload is never longer; a longer length field is damage. */
    public static final int MAX_PAYLOAD_BYTES = 512 << 20;

    static final int CHECKSUM_OFFSET = 64;
    private static final int MAGIC = 0x4e535946;
    private static final byte FORMAT_VERSION = 1;
    private static final byte KIND_ENTRIES = 1;

    /** The position that the frame leads to. */
    public LogPosition end() {
        return new LogPosition(term, lastIndex, checksum);
    }

    /** Bytes of the whole frame. */
    public int frameBytes() {
        return SIZE_BYTES + payloadBytes;
    }

    /** Writes everything but the checksum. */
    void write(ByteBuffer buffer) {
        buffer.putInt(MAGIC).put(FORMAT_VERSION).put(KIND_ENTRIES).putShort((short) 0);
        buffer.putLong(term).putLong(firstIndex).putLong(lastIndex);
        buffer.putLong(firstRevision).putLong(lastRevision).putLong(writtenAtMillis);
        buffer.putInt(previousChecksum).putInt(payloadBytes);
    }

    /**
     * Reads a header from the buffer's position and moves past it. The checksum is not verified: that needs the payload.
     *
     * @throws FrameException when this is no header that this version understands
     */
    public static FrameHeader read(ByteBuffer buffer) throws FrameException {
        if (buffer.remaining() < SIZE_BYTES) {
            throw new FrameException(
                    "a frame header takes %d bytes, only %d are left".formatted(SIZE_BYTES, buffer.remaining()));
        }
        int magic = buffer.getInt();
        if (magic != MAGIC) {
            throw new FrameException("no frame begins here: magic %08x, expected %08x".formatted(magic, MAGIC));
        }
        byte version = buffer.get();
        byte kind = buffer.get();
        short flags = buffer.getShort();
        if (version != FORMAT_VERSION || kind != KIND_ENTRIES || flags != 0) {
            throw new FrameException(
                    "frame of format version %d, kind %d, flags %d; this netsy reads version %d, kind %d, flags 0"
                            .formatted(version, kind, flags, FORMAT_VERSION, KIND_ENTRIES));
        }
        FrameHeader header = new FrameHeader(
                buffer.getLong(),
                buffer.getLong(),
                buffer.getLong(),
                buffer.getLong(),
                buffer.getLong(),
                buffer.getLong(),
                buffer.getInt(),
                buffer.getInt(),
                buffer.getInt());
        header.validate();
        return header;
    }

    private void validate() throws FrameException {
        boolean numbersFit = term >= 1 && firstIndex >= 1 && lastIndex >= firstIndex && firstRevision >= 0;
        if (!numbersFit || lastRevision < firstRevision || payloadBytes < 1 || payloadBytes > MAX_PAYLOAD_BYTES) {
            throw new FrameException("frame header makes no sense: " + this);
        }
    }
}
