package io.netsy.node.snapshot;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import io.netsy.etcd.port.RevisionStore.StoredRevision;
import io.netsy.etcd.state.Alarm;
import io.netsy.etcd.state.AuthState;
import io.netsy.etcd.state.LeaseRecord;
import io.netsy.etcd.state.MemberState;
import io.netsy.node.replica.ReplicaExport;
import io.netsy.node.thread.Breather;
import io.netsy.replication.codec.AuthCodec;
import io.netsy.replication.codec.MemberCodec;
import io.netsy.replication.model.AuthRole;
import io.netsy.replication.model.AuthUser;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.Member;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * Writes a snapshot file from a replica's export: streaming, in bounded memory, without haste, while the replica goes on.
 *
 * <p>The file is one zstd stream. Inside, big-endian: the header ({@link SnapshotHeader}), the leases, the alarms, the
 * users, the roles, the revisions by ascending id, each with its {@link io.netsy.node.replica.RowChecksum}, and a trailer of magic, number of
 * revisions and CRC32C of everything before it. {@code design/FORMATS.md} has the table.
 */
public final class SnapshotWriter {
    /** Level 3 takes two to four times as long and made nothing smaller of what was tried. */
    private static final int LEVEL = 1;

    /** Takes a third of a processor's time. */
    private static final int RESTS = 2;

    private final UUID clusterId;

    public SnapshotWriter(UUID clusterId) {
        this.clusterId = clusterId;
    }

    /**
     * Writes the snapshot; a file that can't be finished is deleted.
     *
     * @param target the file to make or replace
     * @return what it holds; its position is the export's
     */
    public SnapshotHeader write(ReplicaExport export, Instant writtenAt, Path target) throws IOException {
        boolean done = false;
        try (OutputStream file = Files.newOutputStream(target)) {
            SnapshotHeader header = write(export, writtenAt, file);
            done = true;
            return header;
        } finally {
            if (!done) {
                Files.deleteIfExists(target);
            }
        }
    }

    private SnapshotHeader write(ReplicaExport export, Instant writtenAt, OutputStream file) throws IOException {
        List<LeaseRecord> leases = export.leases();
        List<Alarm> alarms = export.alarms();
        AuthState auth = export.auth();
        MemberState members = export.members();
        SnapshotHeader header = new SnapshotHeader(
                clusterId,
                export.position(),
                export.revision(),
                export.compactRevision(),
                writtenAt.toEpochMilli(),
                export.rowCount(),
                leases.size(),
                alarms.size(),
                SnapshotHeader.AuthSummary.of(auth),
                members.members().size(),
                members.removed().size());
        try (ZstdOutputStreamNoFinalizer compressed = new ZstdOutputStreamNoFinalizer(file, LEVEL)) {
            compressed.setChecksum(true);
            SnapshotOutput out = new SnapshotOutput(compressed);
            header.write(out);
            for (LeaseRecord lease : leases) {
                out.writeLong(lease.id()).writeLong(lease.ttlSeconds()).writeLong(lease.remainingSeconds());
            }
            for (Alarm alarm : alarms) {
                out.writeInt(alarm.type()).writeLong(alarm.memberId());
            }
            write(auth, out);
            write(members, out);
            Breather breather = new Breather(RESTS);
            export.visitRows((row, checksum) -> {
                write(row, checksum, out);
                breather.rest();
            });
            out.writeInt(SnapshotHeader.TRAILER_MAGIC).writeLong(header.rowCount());
            out.finish();
        }
        return header;
    }

    private static void write(AuthState auth, SnapshotOutput out) throws IOException {
        for (AuthUser user : auth.users().values()) {
            write(AuthCodec.encode(user), out);
        }
        for (AuthRole role : auth.roles().values()) {
            write(AuthCodec.encode(role), out);
        }
    }

    private static void write(MemberState members, SnapshotOutput out) throws IOException {
        for (Member member : members.members().values()) {
            write(MemberCodec.encode(member), out);
        }
        for (long removed : members.removed().stream().sorted().toList()) {
            out.writeLong(removed);
        }
    }

    private static void write(Bytes record, SnapshotOutput out) throws IOException {
        out.writeInt(record.length()).writeBytes(record.array());
    }

    private static void write(StoredRevision row, long checksum, SnapshotOutput out) throws IOException {
        out.writeLong(row.revisionId())
                .writeLong(row.createRevision())
                .writeLong(row.version())
                .writeLong(row.leaseId())
                .writeLong(checksum);
        out.writeInt(row.key().length()).writeInt(row.value().length());
        out.writeBytes(row.key().array()).writeBytes(row.value().array());
    }
}
