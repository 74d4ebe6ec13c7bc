package io.netsy.node.archive;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import io.netsy.replication.codec.Frame;
import io.netsy.replication.codec.FrameException;
import io.netsy.replication.core.Chunk;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * A chunk as an object: a header, then whole frames, zstd-compressed where that pays. Numbers are big-endian.
 *
 * <pre>
 * offset bytes
 *      0     4  magic "NSYC"
 *      4     1  format version, 1
 *      5     1  compression, 0: none, 1: zstd
 *      6     2  flags, 0
 *      8    16  cluster id
 *     24    16  writer's process id
 *     40     8  writer's term
 *     48     8  index of the first entry
 *     56     8  index of the last entry
 *     64     4  bytes of the frames
 *     68     4  bytes of the body as stored
 *     72     4  CRC32C of bytes 0 to 71 and the body
 *     76        body
 * </pre>
 *
 * One thread encodes; any thread decodes.
 */
final class ChunkCodec {
    static final int HEADER_BYTES = 76;

    private static final int MAGIC = 0x4e535943;
    private static final byte FORMAT_VERSION = 1;
    private static final byte PLAIN = 0;
    private static final byte ZSTD = 1;
    private static final int CHECKSUM_OFFSET = 72;
    private static final int LEVEL = 1;
    private static final int MIN_COMPRESSED_BYTES = 2048;
    private static final int SKIPPED_AFTER_A_MISS = 15;

    private final UUID clusterId;
    private int toSkip;

    ChunkCodec(UUID clusterId) {
        this.clusterId = clusterId;
    }

    /** The object's bytes, in pieces that share the frames' own. */
    ByteBuffer[] encode(Chunk chunk) {
        ByteBuffer[] frames = chunk.frames().stream().map(Frame::bytes).toArray(ByteBuffer[]::new);
        int frameBytes = chunk.frames().stream().mapToInt(Frame::sizeBytes).sum();
        byte[] compressed = maybeCompress(frames, frameBytes);
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
        header.putInt(MAGIC)
                .put(FORMAT_VERSION)
                .put(compressed.length > 0 ? ZSTD : PLAIN)
                .putShort((short) 0);
        putUuid(header, clusterId);
        putUuid(header, chunk.process());
        header.putLong(chunk.term())
                .putLong(chunk.firstIndex())
                .putLong(chunk.end().index());
        header.putInt(frameBytes).putInt(compressed.length > 0 ? compressed.length : frameBytes);
        ByteBuffer[] pieces = new ByteBuffer[compressed.length > 0 ? 2 : 1 + frames.length];
        pieces[0] = header;
        if (compressed.length > 0) {
            pieces[1] = ByteBuffer.wrap(compressed);
        } else {
            System.arraycopy(frames, 0, pieces, 1, frames.length);
        }
        seal(pieces);
        return pieces;
    }

    private static void seal(ByteBuffer[] pieces) {
        ByteBuffer header = pieces[0];
        CRC32C crc = new CRC32C();
        crc.update(header.duplicate().flip());
        for (int i = 1; i < pieces.length; i++) {
            crc.update(pieces[i].duplicate());
        }
        header.putInt((int) crc.getValue()).flip();
    }

    /** Compressed frames, or nothing when that would save too little; after a miss the next ones are not even tried. */
    private byte[] maybeCompress(ByteBuffer[] frames, int frameBytes) {
        if (frameBytes < MIN_COMPRESSED_BYTES || toSkip-- > 0) {
            return new byte[0];
        }
        byte[] joined = new byte[frameBytes];
        ByteBuffer target = ByteBuffer.wrap(joined);
        for (ByteBuffer frame : frames) {
            target.put(frame.duplicate());
        }
        byte[] compressed = Zstd.compress(joined, LEVEL);
        if (compressed.length > frameBytes * 7L / 8) {
            toSkip = SKIPPED_AFTER_A_MISS;
            return new byte[0];
        }
        toSkip = 0;
        return compressed;
    }

    private static void putUuid(ByteBuffer buffer, UUID id) {
        buffer.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
    }

    private static UUID getUuid(ByteBuffer buffer) {
        return new UUID(buffer.getLong(), buffer.getLong());
    }

    /**
     * Reads a chunk and verifies everything about it that it says itself.
     *
     * @param key the object's key, for messages
     * @throws DamagedObjectException when it is no whole, undamaged chunk of this cluster
     */
    Chunk decode(String key, byte[] object) throws DamagedObjectException {
        if (object.length < HEADER_BYTES) {
            throw damaged(key, "it has %d bytes, less than a header".formatted(object.length));
        }
        ByteBuffer in = ByteBuffer.wrap(object);
        int magic = in.getInt();
        byte version = in.get();
        byte compression = in.get();
        in.getShort();
        if (magic == MAGIC && version > FORMAT_VERSION) {
            throw DamagedObjectException.ofNewerFormat("chunk " + key, version, FORMAT_VERSION);
        }
        if (magic != MAGIC || version != FORMAT_VERSION) {
            throw damaged(
                    key,
                    "magic %08x, format version %d; this netsy reads %08x, version %d"
                            .formatted(magic, version, MAGIC, FORMAT_VERSION));
        }
        UUID cluster = getUuid(in);
        UUID process = getUuid(in);
        long term = in.getLong();
        in.position(64);
        int frameBytes = in.getInt();
        int storedBytes = in.getInt();
        verify(key, object, in.getInt(), storedBytes);
        if (!cluster.equals(clusterId)) {
            throw damaged(key, "it belongs to cluster %s, not to %s".formatted(cluster, clusterId));
        }
        ByteBuffer body = compression == ZSTD ? decompress(key, object, frameBytes) : in;
        try {
            return new Chunk(term, process, checkedFrames(key, Frame.readAll(body)));
        } catch (FrameException | IllegalArgumentException e) {
            throw damaged(key, String.valueOf(e.getMessage()));
        }
    }

    private static List<Frame> checkedFrames(String key, List<Frame> frames) throws DamagedObjectException {
        if (frames.isEmpty() || !key.equals(LogKeys.chunk(frames.getFirst().firstIndex()))) {
            throw damaged(key, "its first frame is " + (frames.isEmpty() ? "missing" : frames.getFirst()));
        }
        return frames;
    }

    private static void verify(String key, byte[] object, int checksum, int storedBytes) throws DamagedObjectException {
        if (object.length != HEADER_BYTES + storedBytes) {
            throw damaged(
                    key,
                    "it has %d bytes, its header says %d".formatted(object.length, HEADER_BYTES + (long) storedBytes));
        }
        CRC32C crc = new CRC32C();
        crc.update(object, 0, CHECKSUM_OFFSET);
        crc.update(object, HEADER_BYTES, storedBytes);
        if ((int) crc.getValue() != checksum) {
            throw damaged(key, "CRC32C is %08x, its header says %08x".formatted((int) crc.getValue(), checksum));
        }
    }

    private static ByteBuffer decompress(String key, byte[] object, int frameBytes) throws DamagedObjectException {
        if (frameBytes < 0 || frameBytes > 1 << 30) {
            throw damaged(key, "it claims to hold %d bytes of frames".formatted(frameBytes));
        }
        byte[] frames = new byte[frameBytes];
        try {
            long size =
                    Zstd.decompressByteArray(frames, 0, frameBytes, object, HEADER_BYTES, object.length - HEADER_BYTES);
            if (size != frameBytes) {
                throw damaged(key, "it unpacks to %d bytes, its header says %d".formatted(size, frameBytes));
            }
        } catch (ZstdException e) {
            throw damaged(key, String.valueOf(e.getMessage()));
        }
        return ByteBuffer.wrap(frames);
    }

    private static DamagedObjectException damaged(String key, String reason) {
        return new DamagedObjectException(
                "chunk " + key,
                reason,
                "restore an earlier version of the object, or restore the cluster from a snapshot into a new prefix");
    }
}
