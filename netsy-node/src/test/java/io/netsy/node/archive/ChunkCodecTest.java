package io.netsy.node.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netsy.replication.core.Chunk;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.Change;
import io.netsy.replication.model.Entry;
import io.netsy.replication.model.LogPosition;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ChunkCodecTest {
    private final ChunkCodec codec = new ChunkCodec(LogFixture.CLUSTER);

    private static Chunk chunkOf(byte[] value) {
        Change put = new Change.Put(Bytes.utf8("key"), Bytes.wrap(value), 2, 1, 0);
        return LogFixture.chunk(3, LogPosition.START, new Entry.Transaction(2, List.of(put)), 2);
    }

    private static byte[] join(ByteBuffer[] pieces) {
        int size = 0;
        for (ByteBuffer piece : pieces) {
            size += piece.remaining();
        }
        ByteBuffer joined = ByteBuffer.allocate(size);
        for (ByteBuffer piece : pieces) {
            joined.put(piece);
        }
        return joined.array();
    }

    @Test
    void compressibleChunksShrinkAndComeBackAsTheyWere() throws DamagedObjectException {
        Chunk chunk = chunkOf(new byte[100_000]);

        byte[] object = join(codec.encode(chunk));

        assertThat(object.length).isLessThan(2_000);
        assertThat(codec.decode(LogKeys.chunk(1), object)).isEqualTo(chunk);
    }

    @Test
    void incompressibleChunksAreStoredPlain() throws DamagedObjectException {
        byte[] noise = new byte[100_000];
        new Random(1).nextBytes(noise);
        Chunk chunk = chunkOf(noise);

        byte[] object = join(codec.encode(chunk));

        assertThat(object.length)
                .isEqualTo(ChunkCodec.HEADER_BYTES + chunk.frames().getFirst().sizeBytes());
        assertThat(codec.decode(LogKeys.chunk(1), object)).isEqualTo(chunk);
    }

    @Test
    void everyFlippedBitAndEveryTruncationIsNamed() {
        byte[] object = join(codec.encode(chunkOf(new byte[3_000])));
        for (int bit = 0; bit < object.length * 8; bit++) {
            byte[] damaged = object.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatThrownBy(() -> codec.decode(LogKeys.chunk(1), damaged))
                    .as("bit %d", bit)
                    .isInstanceOf(DamagedObjectException.class)
                    .hasMessageContaining(LogKeys.chunk(1));
        }
        for (int length = 0; length < object.length; length++) {
            byte[] cut = Arrays.copyOf(object, length);
            assertThatThrownBy(() -> codec.decode(LogKeys.chunk(1), cut))
                    .as("%d bytes", length)
                    .isInstanceOf(DamagedObjectException.class);
        }
    }

    @Test
    void aChunkOfAnotherClusterOrUnderAnotherKeyIsRefused() {
        byte[] object = join(codec.encode(chunkOf(new byte[10])));

        assertThatThrownBy(() -> new ChunkCodec(new UUID(9, 9)).decode(LogKeys.chunk(1), object))
                .hasMessageContaining("belongs to cluster");
        assertThatThrownBy(() -> codec.decode(LogKeys.chunk(2), object)).hasMessageContaining("its first frame is");
    }
}
