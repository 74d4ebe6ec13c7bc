package io.netsy.replication.codec;

import io.netsy.replication.model.Entry;
import io.netsy.replication.model.LogPosition;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * A batch of consecutive entries in its one encoding: never cut, merged or encoded again after it was first sent,
 * because the chain of checksums runs over frames (protocol safety, 15).
 *
 * <p>Immutable; the bytes are shared, read only.
 */
public final class Frame {
    private final FrameHeader header;
    private final byte[] bytes;

    Frame(FrameHeader header, byte[] bytes) {
        this.header = header;
        this.bytes = bytes;
    }

    /**
     * Reads one frame from the buffer's position, verifies its checksum and moves past it.
     *
     * @throws FrameException when the bytes are no whole, undamaged frame; the position is undefined then
     */
    public static Frame read(ByteBuffer buffer) throws FrameException {
        int start = buffer.position();
        FrameHeader header = FrameHeader.read(buffer);
        if (buffer.remaining() < header.payloadBytes()) {
            throw new FrameException("frame at index %d takes %d bytes, only %d are there"
                    .formatted(header.firstIndex(), header.frameBytes(), buffer.limit() - start));
        }
        byte[] bytes = new byte[header.frameBytes()];
        buffer.position(start).get(bytes);
        int actual = checksum(bytes);
        if (actual != header.checksum()) {
            throw new FrameException("frame at index %d is damaged: CRC32C is %08x, its header says %08x"
                    .formatted(header.firstIndex(), actual, header.checksum()));
        }
        return new Frame(header, bytes);
    }

    /** Reads frames up to the end of the buffer. */
    public static List<Frame> readAll(ByteBuffer buffer) throws FrameException {
        List<Frame> frames = new ArrayList<>();
        while (buffer.hasRemaining()) {
            frames.add(read(buffer));
        }
        return frames;
    }

    static int checksum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, FrameHeader.CHECKSUM_OFFSET);
        crc.update(bytes, FrameHeader.SIZE_BYTES, bytes.length - FrameHeader.SIZE_BYTES);
        return (int) crc.getValue();
    }

    public FrameHeader header() {
        return header;
    }

    public long firstIndex() {
        return header.firstIndex();
    }

    public long lastIndex() {
        return header.lastIndex();
    }

    /** The position this frame leads to. */
    public LogPosition end() {
        return header.end();
    }

    public int sizeBytes() {
        return bytes.length;
    }

    /** The encoded frame, header included; a read-only view. */
    public ByteBuffer bytes() {
        return ByteBuffer.wrap(bytes).asReadOnlyBuffer();
    }

    /**
     * Whether this frame continues a history that ends at {@code tip}: its first index is the next one, its chain
     * carries the tip's checksum, and its term is not older.
     */
    public boolean follows(LogPosition tip) {
        return header.firstIndex() == tip.index() + 1
                && header.previousChecksum() == tip.checksum()
                && header.term() >= tip.term();
    }

    /**
     * Decodes the entries.
     *
     * @throws FrameException when the checksum held but the content makes no sense: a writer's fault
     */
    public List<Entry> entries() throws FrameException {
        ByteBuffer payload = ByteBuffer.wrap(bytes, FrameHeader.SIZE_BYTES, header.payloadBytes());
        List<Entry> entries = EntryCodec.readAll(payload);
        if (entries.size() != header.lastIndex() - header.firstIndex() + 1) {
            throw new FrameException("frame at index %d holds %d entries, its header says %d"
                    .formatted(firstIndex(), entries.size(), header.lastIndex() - header.firstIndex() + 1));
        }
        return entries;
    }

    /** Equal when every byte is. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Frame that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return header.checksum();
    }

    @Override
    public String toString() {
        return "frame %d-%d of term %d, checksum %08x, %d bytes"
                .formatted(firstIndex(), lastIndex(), header.term(), header.checksum(), bytes.length);
    }
}
