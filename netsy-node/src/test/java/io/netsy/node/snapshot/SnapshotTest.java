package io.netsy.node.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import io.netsy.etcd.port.RevisionStore.StoredRevision;
import io.netsy.etcd.state.Alarm;
import io.netsy.etcd.state.AuthState;
import io.netsy.etcd.state.LeaseRecord;
import io.netsy.etcd.state.MemberState;
import io.netsy.etcd.state.StoreState;
import io.netsy.node.replica.OpenedReplica;
import io.netsy.node.replica.RandomLog;
import io.netsy.node.replica.Replica;
import io.netsy.node.replica.ReplicaConfig;
import io.netsy.node.replica.ReplicaExport;
import io.netsy.node.replica.ReplicaIdentity;
import io.netsy.node.replica.ReplicaLimits;
import io.netsy.replication.codec.AuthCodec;
import io.netsy.replication.model.AuthPermission;
import io.netsy.replication.model.AuthRole;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.Entry;
import io.netsy.replication.model.LogPosition;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A snapshot is the whole state, or it says what is wrong with it. */
class SnapshotTest {
    private static final UUID CLUSTER = new UUID(1, 2);
    private static final UUID OTHER_CLUSTER = new UUID(3, 4);
    private static final ReplicaIdentity HERE = new ReplicaIdentity(CLUSTER, new UUID(5, 6));
    private static final ReplicaIdentity THERE = new ReplicaIdentity(CLUSTER, new UUID(7, 8));
    private static final AuthRole READER = new AuthRole(
            Bytes.utf8("reader"), List.of(new AuthPermission(AuthPermission.READ, Bytes.utf8("a"), Bytes.utf8("b"))));
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final int ZSTD_HEADER_BYTES = 6;
    private static final ReplicaLimits LIMITS = ReplicaLimits.DEFAULT.withCacheBytes(1 << 20);

    @TempDir
    Path directory;

    private Path file;
    private final RandomLog log = new RandomLog(3, 60, 2000);
    private final SnapshotReader reader = new SnapshotReader(CLUSTER);

    @BeforeEach
    void nameFile() {
        file = directory.resolve("snapshot");
    }

    private OpenedReplica open(String name, ReplicaIdentity identity) throws IOException {
        return Replica.open(new ReplicaConfig(directory.resolve(name), identity, LIMITS), health -> {});
    }

    private SnapshotHeader writeSnapshot(int entries) throws IOException {
        try (Replica replica = open("source.db", HERE).replica()) {
            List<Entry> next = log.next(entries);
            replica.commit(log.position(), next);
            await().until(() -> replica.applied().equals(log.position()));
            return write(replica);
        }
    }

    private SnapshotHeader write(Replica replica) throws IOException {
        try (ReplicaExport export = replica.export()) {
            return new SnapshotWriter(CLUSTER).write(export, NOW, file);
        }
    }

    private SnapshotHeader load(byte[] snapshot) throws IOException {
        return reader.load("s1", new ByteArrayInputStream(snapshot), directory.resolve("copy.db"), THERE);
    }

    @Test
    void aReplicaFilledFromASnapshotHoldsTheSameState() throws IOException {
        SnapshotHeader written = writeSnapshot(800);
        SnapshotHeader loaded = load(Files.readAllBytes(file));
        assertThat(loaded).isEqualTo(written);
        assertThat(written.position()).isEqualTo(log.position());
        assertThat(written.writtenAtMillis()).isEqualTo(NOW.toEpochMilli());

        OpenedReplica copy = open("copy.db", THERE);
        try (Replica replica = copy.replica()) {
            NavigableMap<Long, StoredRevision> left = new TreeMap<>(log.revisions());
            StoreState expected = RandomLog.purged(log.state(), left::remove);
            assertThat(RandomLog.describe(copy.state())).isEqualTo(RandomLog.describe(expected));
            assertThat(copy.position()).isEqualTo(log.position());
            List<StoredRevision> found = new ArrayList<>();
            await().untilAsserted(() -> {
                found.clear();
                replica.scan(1, Long.MAX_VALUE, found::add);
                assertThat(found).containsExactlyElementsOf(left.values());
            });
            List<Entry> more = log.next(50);
            replica.commit(log.position(), more);
            await().until(() -> replica.applied().equals(log.position()));
        }
    }

    @Test
    void anEmptyReplicaHasASnapshotToo() throws IOException {
        try (Replica replica = open("source.db", HERE).replica()) {
            assertThat(write(replica).rowCount()).isZero();
        }
        load(Files.readAllBytes(file));
        OpenedReplica copy = open("copy.db", THERE);
        copy.replica().close();
        assertThat(RandomLog.describe(copy.state())).isEqualTo(RandomLog.describe(StoreState.EMPTY));
    }

    @Test
    void aSnapshotOfTheFormatBeforeUsersAndRolesIsReadable() throws IOException {
        StoreState state = loadOfFormat(1);

        assertThat(state.auth()).isEqualTo(AuthState.EMPTY);
        assertThat(state.members()).isEqualTo(MemberState.EMPTY);
    }

    @Test
    void aSnapshotOfTheFormatBeforeMembersIsReadable() throws IOException {
        StoreState state = loadOfFormat(2);

        assertThat(state.auth()).isEqualTo(AuthState.of(true, 7, List.of(), List.of(READER)));
        assertThat(state.members()).isEqualTo(MemberState.EMPTY);
    }

    /** A lease and an alarm, and whom the format knows: what a snapshot of an older netsy says, and the state it leads to. */
    private StoreState loadOfFormat(int version) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZstdOutputStreamNoFinalizer compressed = new ZstdOutputStreamNoFinalizer(bytes, 3)) {
            SnapshotOutput out = new SnapshotOutput(compressed);
            out.writeInt(SnapshotHeader.MAGIC).writeShort((short) version).writeShort((short) 0);
            out.writeLong(CLUSTER.getMostSignificantBits()).writeLong(CLUSTER.getLeastSignificantBits());
            out.writeLong(4).writeLong(99).writeInt(77);
            out.writeLong(1).writeLong(-1).writeLong(NOW.toEpochMilli());
            out.writeLong(0).writeInt(1).writeInt(1);
            if (version >= 2) {
                out.writeInt(1).writeLong(7).writeInt(0).writeInt(1);
            }
            out.writeLong(-5).writeLong(60).writeLong(0);
            out.writeInt(Alarm.NOSPACE).writeLong(8);
            if (version >= 2) {
                Bytes role = AuthCodec.encode(READER);
                out.writeInt(role.length()).writeBytes(role.array());
            }
            out.writeInt(SnapshotHeader.TRAILER_MAGIC).writeLong(0);
            out.finish();
        }
        assertThat(load(bytes.toByteArray()).position()).isEqualTo(new LogPosition(4, 99, 77));

        OpenedReplica copy = open("copy.db", THERE);
        copy.replica().close();
        assertThat(copy.state().leases().get(-5L)).isEqualTo(new LeaseRecord(-5, 60, 0));
        assertThat(copy.state().hasAlarm(Alarm.NOSPACE)).isTrue();
        return copy.state();
    }

    @Test
    void aSnapshotIsOfOneMomentWhileWritesGoOn() throws IOException {
        try (Replica replica = open("source.db", HERE).replica()) {
            List<Entry> first = log.next(300);
            replica.commit(log.position(), first);
            await().until(() -> replica.applied().equals(log.position()));
            List<String> expected = RandomLog.describe(RandomLog.purged(log.state(), id -> {}));
            try (ReplicaExport export = replica.export()) {
                List<Entry> more = log.next(300);
                replica.commit(log.position(), more);
                await().until(() -> replica.applied().equals(log.position()));
                new SnapshotWriter(CLUSTER).write(export, NOW, file);
            }
            load(Files.readAllBytes(file));
            OpenedReplica copy = open("copy.db", THERE);
            copy.replica().close();
            assertThat(RandomLog.describe(copy.state())).isEqualTo(expected);
        }
    }

    @Test
    void aValueOfAnySizeSurvives() throws IOException {
        try (Replica replica = open("source.db", HERE).replica()) {
            for (int size : new int[] {0, 1, 65_535, 65_536, 65_537, 3_000_000}) {
                List<Entry> entries = log.add(log.putEntry("/size/" + size, size));
                replica.commit(log.position(), entries);
            }
            await().until(() -> replica.applied().equals(log.position()));
            write(replica);
        }
        load(Files.readAllBytes(file));
        try (Replica replica = open("copy.db", THERE).replica()) {
            List<StoredRevision> found = new ArrayList<>();
            replica.scan(1, Long.MAX_VALUE, found::add);
            assertThat(found).containsExactlyElementsOf(log.revisions().values());
        }
    }

    /** The first bytes are zstd's own header, where a flip may change nothing but how much memory is set aside. */
    @Test
    void aFlippedBitAnywhereIsFound() throws IOException {
        writeSnapshot(200);
        byte[] whole = Files.readAllBytes(file);
        Random random = new Random(8);
        for (int i = 0; i < 500; i++) {
            byte[] flipped = whole.clone();
            int at = i < 100 ? i + ZSTD_HEADER_BYTES : random.nextInt(ZSTD_HEADER_BYTES, whole.length);
            flipped[at] ^= (byte) (1 << random.nextInt(8));

            assertThatThrownBy(() -> reader.verify("s1", new ByteArrayInputStream(flipped)))
                    .as("byte %d of %d", at, whole.length)
                    .isInstanceOf(SnapshotDamagedException.class)
                    .hasMessageStartingWith("snapshot s1 can't be used: ");
        }
        assertThat(reader.verify("s1", new ByteArrayInputStream(whole)).position())
                .isEqualTo(log.position());
    }

    @Test
    void aTruncatedSnapshotIsFound() throws IOException {
        writeSnapshot(200);
        byte[] whole = Files.readAllBytes(file);
        Random random = new Random(9);
        for (int i = 0; i < 200; i++) {
            int length = i < 20 ? i : i < 40 ? whole.length - 1 - (i - 20) : random.nextInt(whole.length);
            byte[] cut = Arrays.copyOf(whole, length);

            assertThatThrownBy(() -> reader.verify("s1", new ByteArrayInputStream(cut)))
                    .as("%d of %d bytes", length, whole.length)
                    .isInstanceOf(SnapshotDamagedException.class)
                    .hasMessageContaining("s1");
        }
    }

    @Test
    void bytesBehindTheEndAreFound() throws IOException {
        writeSnapshot(20);
        byte[] whole = Files.readAllBytes(file);
        byte[] twice = Arrays.copyOf(whole, whole.length * 2);
        System.arraycopy(whole, 0, twice, whole.length, whole.length);

        assertThatThrownBy(() -> reader.verify("s1", new ByteArrayInputStream(twice)))
                .isInstanceOf(SnapshotDamagedException.class)
                .hasMessageContaining("something follows its end");
    }

    @Test
    void aDamagedSnapshotReplacesNothing() throws IOException {
        writeSnapshot(200);
        byte[] whole = Files.readAllBytes(file);
        load(whole);
        byte[] cut = Arrays.copyOf(whole, whole.length / 2);

        assertThatThrownBy(() -> load(cut)).isInstanceOf(SnapshotDamagedException.class);

        OpenedReplica kept = open("copy.db", THERE);
        kept.replica().close();
        assertThat(kept.position()).isEqualTo(log.position());
        assertThat(directory.resolve("copy.db.unfinished")).doesNotExist();
    }

    @Test
    void aSnapshotOfAnotherClusterIsRefused() throws IOException {
        writeSnapshot(20);
        byte[] whole = Files.readAllBytes(file);

        assertThatThrownBy(() -> new SnapshotReader(OTHER_CLUSTER).verify("s1", new ByteArrayInputStream(whole)))
                .isInstanceOf(SnapshotDamagedException.class)
                .hasMessageContaining("it belongs to cluster " + CLUSTER);
    }

    @Test
    void aFaultOfTheStreamIsNotDamage() throws IOException {
        writeSnapshot(200);
        InputStream broken = new FilterInputStream(Files.newInputStream(file)) {
            private int left = 1000;

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                if (left <= 0) {
                    throw new IOException("connection reset");
                }
                int count = super.read(into, offset, Math.min(length, left));
                left -= count;
                return count;
            }
        };
        assertThatThrownBy(() -> reader.verify("s1", broken))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage("connection reset");
    }

    @Test
    void aSnapshotThatCannotBeFinishedLeavesNoFile() throws IOException {
        try (Replica replica = open("source.db", HERE).replica()) {
            ReplicaExport export = replica.export();
            export.close();
            assertThatThrownBy(() -> new SnapshotWriter(CLUSTER).write(export, NOW, file))
                    .isInstanceOf(IOException.class);
        }
        assertThat(file).doesNotExist();
    }
}
