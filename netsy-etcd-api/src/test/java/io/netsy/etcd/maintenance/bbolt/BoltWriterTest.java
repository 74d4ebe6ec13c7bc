package io.netsy.etcd.maintenance.bbolt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netsy.replication.model.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of the writer under the eyes of a strict reader, and facts about files that bbolt wrote. */
class BoltWriterTest {
    @TempDir
    Path directory;

    private Path write(String name, BoltWriter.Filling filling) throws IOException {
        return write(writer -> writer.bucket(name, filling));
    }

    @FunctionalInterface
    private interface Writing {
        void to(BoltWriter writer) throws IOException;
    }

    private Path write(Writing writing) throws IOException {
        Path file = directory.resolve("file.db");
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            BoltWriter writer = new BoltWriter(channel);
            writing.to(writer);
            assertThat(writer.finish()).isEqualTo(channel.size());
        }
        return file;
    }

    private static BoltWriter.Filling of(NavigableMap<Bytes, Bytes> entries) {
        return into -> {
            for (var entry : entries.entrySet()) {
                into.put(
                        Span.of(entry.getKey().array()),
                        Span.of(entry.getValue().array()));
            }
        };
    }

    private static Bytes number(long number) {
        return Bytes.wrap(ByteBuffer.allocate(8).putLong(number).array());
    }

    private static NavigableMap<Bytes, Bytes> numbered(int count, int valueBytes) {
        NavigableMap<Bytes, Bytes> entries = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            entries.put(number(i), Bytes.wrap(new byte[valueBytes]));
        }
        return entries;
    }

    /** The meta content of a file that bbolt 1.4.3 wrote for etcd 3.6.14, with its checksum. */
    @Test
    void theHashOfAMetaPageIsThatOfBbolt() {
        byte[] meta = HexFormat.of()
                .parseHex("edda0ced02000000001000000000000002000000000000000000000000000000"
                        + "ffffffffffffffff05000000000000000c000000000000008854756c6687453b");

        long checksum = ByteBuffer.wrap(meta).order(ByteOrder.LITTLE_ENDIAN).getLong(56);
        assertThat(Fnv1a.hash(meta, 0, 56)).isEqualTo(checksum);
        assertThat(Fnv1a.hash(meta, 0, 0)).isEqualTo(0xcbf29ce484222325L);
    }

    @Test
    void onePageForEachPart() throws IOException {
        Path file = write(
                "key", entries -> entries.put(Span.of(new byte[] {'k'}), new Span(new byte[] {'v', 'w', '?'}, 2)));

        byte[] bytes = Files.readAllBytes(file);
        assertThat(bytes).hasSize(4 * 4096);
        assertThat(page(bytes, 0))
                .startsWith(HexFormat.ofDelimiter(" ")
                        .parseHex("00 00 00 00 00 00 00 00 04 00 00 00 00 00 00 00"
                                + " ed da 0c ed 02 00 00 00 00 10 00 00 00 00 00 00"
                                + " 03 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00"
                                + " ff ff ff ff ff ff ff ff 04 00 00 00 00 00 00 00"
                                + " 02 00 00 00 00 00 00 00"));
        assertThat(page(bytes, 2))
                .startsWith(HexFormat.ofDelimiter(" ")
                        .parseHex("02 00 00 00 00 00 00 00 02 00 01 00 00 00 00 00"
                                + " 00 00 00 00 10 00 00 00 01 00 00 00 02 00 00 00 6b 76 77 00"));
        assertThat(page(bytes, 3))
                .startsWith(HexFormat.ofDelimiter(" ")
                        .parseHex("03 00 00 00 00 00 00 00 02 00 01 00 00 00 00 00"
                                + " 01 00 00 00 10 00 00 00 03 00 00 00 10 00 00 00 6b 65 79"
                                + " 02 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00"));
        assertThat(BoltReader.read(file).bucket("key")).containsExactly(Map.entry(Bytes.utf8("k"), Bytes.utf8("vw")));
    }

    private static byte[] page(byte[] file, int number) {
        return Arrays.copyOfRange(file, number * 4096, (number + 1) * 4096);
    }

    @Test
    void bucketsInAnyOrderAndEmptyOnes() throws IOException {
        Path file = write(writer -> {
            writer.bucket("meta", of(numbered(3, 1)));
            writer.bucket("alarm", entries -> {});
        });

        BoltReader reader = BoltReader.read(file);
        assertThat(reader.names()).containsExactly("alarm", "meta");
        assertThat(reader.bucket("alarm")).isEmpty();
        assertThat(reader.bucket("meta")).isEqualTo(numbered(3, 1));
    }

    @Test
    void noBucketAtAll() throws IOException {
        assertThat(BoltReader.read(write(writer -> {})).names()).isEmpty();
    }

    @Test
    void threeLevelsFilledToTheBrim() throws IOException {
        NavigableMap<Bytes, Bytes> entries = numbered(100_000, 40);
        BoltReader reader = BoltReader.read(write("key", of(entries)));

        assertThat(reader.bucket("key")).isEqualTo(entries);
        assertThat(reader.depth).isEqualTo(3);
        assertThat(reader.overflowPages).isZero();
        // 63 entries of 64 bytes fill a leaf but for 48 bytes; the root of the file is one leaf more.
        assertThat(reader.leafPages).isEqualTo(100_000 / 63 + 1 + 1);
    }

    /** Every number of leaves around those at which a level is closed. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 168, 169, 170, 171, 172, 338, 339, 340, 341})
    void noBranchHasOneChild(int leaves) throws IOException {
        for (int more = 0; more < 2; more++) {
            NavigableMap<Bytes, Bytes> entries = numbered(leaves + more, 4000);
            BoltReader reader = BoltReader.read(write("key", of(entries)));

            assertThat(reader.leafPages).isEqualTo(leaves + more + 1);
            assertThat(reader.bucket("key")).isEqualTo(entries);
        }
    }

    @Test
    void greatValuesOverflow() throws IOException {
        NavigableMap<Bytes, Bytes> entries = new TreeMap<>();
        int[] sizes = {0, 1, 4056, 4057, 8152, 8153, 1_572_000, 5, 1_500_000, 1_500_000, 4064, 4096, 3};
        for (int i = 0; i < sizes.length; i++) {
            byte[] value = new byte[sizes[i]];
            Arrays.fill(value, (byte) (i + 1));
            entries.put(number(i), Bytes.wrap(value));
        }
        BoltReader reader = BoltReader.read(write("key", of(entries)));

        assertThat(reader.bucket("key")).isEqualTo(entries);
        assertThat(reader.overflowPages).isEqualTo(1 + 1 + 2 + 383 + 366 + 366 + 1 + 1);
    }

    @Test
    void anyEntries() throws IOException {
        SplittableRandom random = new SplittableRandom(7);
        for (int round = 0; round < 60; round++) {
            NavigableMap<Bytes, Bytes> entries = new TreeMap<>();
            int longestKey = 1 << random.nextInt(13);
            int longestValue = 1 << random.nextInt(14);
            for (int i = random.nextInt(3000); i > 0; i--) {
                byte[] key = new byte[1 + random.nextInt(longestKey)];
                random.nextBytes(key);
                entries.put(Bytes.wrap(key), Bytes.wrap(new byte[random.nextInt(longestValue)]));
            }
            BoltReader reader = BoltReader.read(write("key", of(entries)));
            assertThat(reader.bucket("key")).isEqualTo(entries);
        }
    }

    @Test
    void refusesWhatIsOutOfOrder() {
        Span a = Span.of(new byte[] {'a'});
        Span high = Span.of(new byte[] {(byte) 0x80});

        assertThatThrownBy(() -> write("key", entries -> {
                    entries.put(a, a);
                    entries.put(a, a);
                }))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> write("key", entries -> {
                    entries.put(high, a);
                    entries.put(a, a);
                }))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> write("key", entries -> entries.put(new Span(new byte[1], 0), a)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> write(writer -> {
                    writer.bucket("key", entries -> {});
                    writer.bucket("key", entries -> {});
                }))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
