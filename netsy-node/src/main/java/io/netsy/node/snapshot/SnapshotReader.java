package io.netsy.node.snapshot;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import io.netsy.etcd.port.RevisionStore.StoredRevision;
import io.netsy.etcd.state.Alarm;
import io.netsy.etcd.state.AuthState;
import io.netsy.etcd.state.LeaseRecord;
import io.netsy.etcd.state.MemberState;
import io.netsy.node.replica.ReplicaBuilder;
import io.netsy.node.replica.ReplicaIdentity;
import io.netsy.node.replica.RowChecksum;
import io.netsy.node.snapshot.SnapshotHeader.AuthSummary;
import io.netsy.replication.codec.AuthCodec;
import io.netsy.replication.codec.FrameException;
import io.netsy.replication.codec.MemberCodec;
import io.netsy.replication.model.AuthRole;
import io.netsy.replication.model.AuthUser;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.Member;
import io.netsy.replication.model.RevisionId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Reads snapshots of one cluster: to verify one that was uploaded, or to fill a new replica.
 *
 * <p>All methods throw {@link SnapshotDamagedException} for what is wrong with the snapshot, and any other
 * {@link IOException} for what is wrong with the stream or the disk.
 */
public final class SnapshotReader {
    /** No key or value is longer; a longer length field is damage. */
    private static final int MAX_BYTES = 64 << 20;

    private final UUID clusterId;

    /**
     * A reader.
     *
     * @param clusterId whose snapshots are to be read; those of other clusters are refused
     */
    public SnapshotReader(UUID clusterId) {
        this.clusterId = clusterId;
    }

    /** Takes in what a snapshot holds, in this order. */
    private interface Sink {
        void add(LeaseRecord lease) throws IOException;

        void add(Alarm alarm) throws IOException;

        void add(AuthState auth) throws IOException;

        void add(MemberState members) throws IOException;

        void add(StoredRevision row, long checksum) throws IOException;
    }

    /**
     * Reads a snapshot to its end and verifies every row and every count.
     *
     * @param name the snapshot's, for messages
     */
    public SnapshotHeader verify(String name, InputStream stream) throws IOException {
        return read(name, stream, new Sink() {
            @Override
            public void add(LeaseRecord lease) {}

            @Override
            public void add(Alarm alarm) {}

            @Override
            public void add(AuthState auth) {}

            @Override
            public void add(MemberState members) {}

            @Override
            public void add(StoredRevision row, long checksum) {}
        });
    }

    /**
     * Reads what a snapshot says of itself and nothing else, which is not verified by that.
     *
     * @param name the snapshot's, for messages
     */
    public SnapshotHeader header(String name, InputStream stream) throws IOException {
        try (InputStream unpacked = new ZstdInputStreamNoFinalizer(stream)) {
            return readHeader(new SnapshotInput(name, unpacked));
        }
    }

    /**
     * Fills a new replica's file, which takes the place of what is there only when the snapshot was whole.
     *
     * @param name the snapshot's, for messages
     */
    public SnapshotHeader load(String name, InputStream stream, Path file, ReplicaIdentity identity)
            throws IOException {
        try (ReplicaBuilder builder = ReplicaBuilder.create(file, identity)) {
            SnapshotHeader header = read(name, stream, new Sink() {
                @Override
                public void add(LeaseRecord lease) throws IOException {
                    builder.add(lease);
                }

                @Override
                public void add(Alarm alarm) throws IOException {
                    builder.add(alarm);
                }

                @Override
                public void add(AuthState auth) throws IOException {
                    builder.add(auth);
                }

                @Override
                public void add(MemberState members) throws IOException {
                    builder.add(members);
                }

                @Override
                public void add(StoredRevision row, long checksum) throws IOException {
                    builder.add(row, checksum);
                }
            });
            builder.finish(header.position(), header.revision(), header.compactRevision());
            return header;
        }
    }

    private SnapshotHeader read(String name, InputStream stream, Sink sink) throws IOException {
        try (InputStream unpacked = new ZstdInputStreamNoFinalizer(stream)) {
            SnapshotInput in = new SnapshotInput(name, unpacked);
            SnapshotHeader header = readHeader(in);
            for (int i = 0; i < header.leaseCount(); i++) {
                sink.add(new LeaseRecord(in.readLong(), in.readLong(), in.readLong()));
            }
            for (int i = 0; i < header.alarmCount(); i++) {
                sink.add(new Alarm(in.readInt(), in.readLong()));
            }
            sink.add(readAuth(header.auth(), in));
            sink.add(readMembers(header, in));
            readRows(header, in, sink);
            int magic = in.readInt();
            long rows = in.readLong();
            if (magic != SnapshotHeader.TRAILER_MAGIC || rows != header.rowCount()) {
                throw in.damaged("its trailer is %08x with %d rows, its header says %d rows"
                        .formatted(magic, rows, header.rowCount()));
            }
            in.finish();
            return header;
        }
    }

    private SnapshotHeader readHeader(SnapshotInput in) throws IOException {
        try {
            SnapshotHeader header = SnapshotHeader.read(in);
            if (!header.clusterId().equals(clusterId)) {
                throw in.damaged("it belongs to cluster %s, this is %s".formatted(header.clusterId(), clusterId));
            }
            return header;
        } catch (IllegalArgumentException e) {
            throw in.damaged("its header makes no sense: " + e.getMessage());
        }
    }

    private static AuthState readAuth(AuthSummary summary, SnapshotInput in) throws IOException {
        List<AuthUser> users = new ArrayList<>();
        List<AuthRole> roles = new ArrayList<>();
        try {
            for (int i = 0; i < summary.userCount(); i++) {
                users.add(AuthCodec.decodeUser(readRecord(in)));
            }
            for (int i = 0; i < summary.roleCount(); i++) {
                roles.add(AuthCodec.decodeRole(readRecord(in)));
            }
        } catch (FrameException e) {
            throw in.damaged(String.valueOf(e.getMessage()));
        }
        return AuthState.of(summary.enabled(), summary.revision(), users, roles);
    }

    private static MemberState readMembers(SnapshotHeader header, SnapshotInput in) throws IOException {
        List<Member> members = new ArrayList<>();
        Set<Long> removed = new HashSet<>();
        try {
            for (int i = 0; i < header.memberCount(); i++) {
                members.add(MemberCodec.decode(readRecord(in)));
            }
        } catch (FrameException e) {
            throw in.damaged(String.valueOf(e.getMessage()));
        }
        for (int i = 0; i < header.removedCount(); i++) {
            removed.add(in.readLong());
        }
        return MemberState.of(members, removed);
    }

    private static Bytes readRecord(SnapshotInput in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > MAX_BYTES) {
            throw in.damaged("a record of %d bytes makes no sense".formatted(length));
        }
        return Bytes.wrap(in.readBytes(length));
    }

    private static void readRows(SnapshotHeader header, SnapshotInput in, Sink sink) throws IOException {
        RowChecksum checksums = new RowChecksum();
        long last = 0;
        for (long i = 0; i < header.rowCount(); i++) {
            long id = in.readLong();
            long createRevision = in.readLong();
            long version = in.readLong();
            long leaseId = in.readLong();
            long checksum = in.readLong();
            int keyLength = in.readInt();
            int valueLength = in.readInt();
            boolean sane = keyLength > 0 && keyLength <= MAX_BYTES && valueLength >= 0 && valueLength <= MAX_BYTES;
            if (!sane || id <= last || RevisionId.main(id) > header.revision()) {
                throw in.damaged("row %d makes no sense".formatted(i));
            }
            last = id;
            Bytes key = Bytes.wrap(in.readBytes(keyLength));
            Bytes value = Bytes.wrap(in.readBytes(valueLength));
            StoredRevision row = new StoredRevision(id, key, value, createRevision, version, leaseId);
            if (checksums.of(row) != checksum) {
                throw in.damaged("row %d, revision %d/%d, does not match its checksum"
                        .formatted(i, RevisionId.main(id), RevisionId.sub(id)));
            }
            sink.add(row, checksum);
        }
    }
}
