package io.netsy.node.snapshot;

import io.netsy.etcd.state.AuthState;
import io.netsy.replication.model.LogPosition;
import java.io.IOException;
import java.util.UUID;

/**
 * What a snapshot says of itself in front of its records.
 *
 * @param clusterId the cluster whose state it is
 * @param position the last log entry in it, the end of a frame of the chain
 * @param revision the store revision there
 * @param compactRevision the newest compaction there; -1 when there was none
 * @param writtenAtMillis wall clock of the writer, milliseconds since 1970; for people only
 * @param rowCount revisions in it
 * @param leaseCount leases in it
 * @param alarmCount alarms in it
 * @param auth what it says of auth
 * @param memberCount members in it
 * @param removedCount ids of removed members in it
 */
public record SnapshotHeader(
        UUID clusterId,
        LogPosition position,
        long revision,
        long compactRevision,
        long writtenAtMillis,
        long rowCount,
        int leaseCount,
        int alarmCount,
        AuthSummary auth,
        int memberCount,
        int removedCount) {
    static final int MAGIC = 0x4e535953;
    static final int TRAILER_MAGIC = 0x4e535945;
    static final short FORMAT_VERSION = 3;

    /** The format before users and roles; its snapshots have none. */
    private static final short WITHOUT_AUTH = 1;

    /** The format before members; its snapshots have none. */
    private static final short WITHOUT_MEMBERS = 2;

    /**
     * Auth in a snapshot.
     *
     * @param revision the auth revision
     */
    public record AuthSummary(boolean enabled, long revision, int userCount, int roleCount) {
        private static final AuthSummary NONE = of(AuthState.EMPTY);

        public AuthSummary {
            if (revision < 1 || userCount < 0 || roleCount < 0) {
                throw new IllegalArgumentException(
                        "auth revision %d, %d users, %d roles".formatted(revision, userCount, roleCount));
            }
        }

        static AuthSummary of(AuthState auth) {
            return new AuthSummary(
                    auth.enabled(),
                    auth.revision(),
                    auth.users().size(),
                    auth.roles().size());
        }
    }

    public SnapshotHeader {
        if (revision < 1
                || compactRevision < -1
                || rowCount < 0
                || leaseCount < 0
                || alarmCount < 0
                || memberCount < 0
                || removedCount < 0) {
            throw new IllegalArgumentException("revision %d, compacted %d, %d rows, %d leases, %d alarms"
                    .formatted(revision, compactRevision, rowCount, leaseCount, alarmCount));
        }
    }

    void write(SnapshotOutput out) throws IOException {
        out.writeInt(MAGIC).writeShort(FORMAT_VERSION).writeShort((short) 0);
        out.writeLong(clusterId.getMostSignificantBits()).writeLong(clusterId.getLeastSignificantBits());
        out.writeLong(position.term()).writeLong(position.index()).writeInt(position.checksum());
        out.writeLong(revision).writeLong(compactRevision).writeLong(writtenAtMillis);
        out.writeLong(rowCount).writeInt(leaseCount).writeInt(alarmCount);
        out.writeInt(auth.enabled() ? 1 : 0).writeLong(auth.revision());
        out.writeInt(auth.userCount()).writeInt(auth.roleCount());
        out.writeInt(memberCount).writeInt(removedCount);
    }

    static SnapshotHeader read(SnapshotInput in) throws IOException {
        int magic = in.readInt();
        if (magic != MAGIC) {
            throw in.damaged("it begins with %08x, a snapshot with %08x".formatted(magic, MAGIC));
        }
        short version = in.readShort();
        short flags = in.readShort();
        if (version > FORMAT_VERSION) {
            throw in.newerFormat(version);
        }
        if (version < WITHOUT_AUTH || flags != 0) {
            throw in.damaged("format version %d, flags %d; this netsy reads versions up to %d, flags 0"
                    .formatted(version, flags, FORMAT_VERSION));
        }
        return new SnapshotHeader(
                new UUID(in.readLong(), in.readLong()),
                new LogPosition(in.readLong(), in.readLong(), in.readInt()),
                in.readLong(),
                in.readLong(),
                in.readLong(),
                in.readLong(),
                in.readInt(),
                in.readInt(),
                version == WITHOUT_AUTH ? AuthSummary.NONE : readAuth(in),
                version <= WITHOUT_MEMBERS ? 0 : in.readInt(),
                version <= WITHOUT_MEMBERS ? 0 : in.readInt());
    }

    private static AuthSummary readAuth(SnapshotInput in) throws IOException {
        return new AuthSummary(in.readInt() != 0, in.readLong(), in.readInt(), in.readInt());
    }
}
