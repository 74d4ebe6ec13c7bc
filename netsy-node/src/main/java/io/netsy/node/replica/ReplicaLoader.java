package io.netsy.node.replica;

import io.netsy.etcd.port.RevisionStore.StoredRevision;
import io.netsy.etcd.state.Alarm;
import io.netsy.etcd.state.Attachment;
import io.netsy.etcd.state.AuthState;
import io.netsy.etcd.state.Compactor;
import io.netsy.etcd.state.KeyRecord;
import io.netsy.etcd.state.LeaseRecord;
import io.netsy.etcd.state.MemberState;
import io.netsy.etcd.state.SortedTree;
import io.netsy.etcd.state.StoreState;
import io.netsy.node.replica.ReplicaUnusableException.Reason;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.RevisionId;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Builds the state from a file's rows, without their values, and verifies them on the way: each row's checksum, the
 * order of ids, and their number.
 */
final class ReplicaLoader {
    private static final String ROWS =
            "SELECT id, key, create_revision, version, lease, checksum FROM revision ORDER BY id";

    private final Connection connection;
    private final Path file;
    private final RowChecksum checksum = new RowChecksum();

    ReplicaLoader(Connection connection, Path file) {
        this.connection = connection;
        this.file = file;
    }

    /**
     * What a file holds.
     *
     * @param state as if the purge of the newest compaction had finished
     * @param leftovers ids of rows that this purge has still to delete; of each key in ascending order
     */
    record Loaded(ReplicaMeta meta, StoreState state, List<Long> leftovers) {}

    Loaded load() throws SQLException, ReplicaUnusableException {
        ReplicaMeta meta = ReplicaSchema.readMeta(connection);
        List<KeyRecord> records = loadKeys(meta).sorted();
        StoreState state = new StoreState(
                meta.revision(),
                meta.compactRevision(),
                SortedTree.ofSorted(StoreState.KEY_ORDER, records),
                SortedTree.ofSorted(StoreState.LEASE_ORDER, loadLeases()),
                SortedTree.ofSorted(StoreState.ATTACHMENT_ORDER, attachments(records)),
                loadAlarms(),
                loadAuth(),
                loadMembers());
        List<Long> purged = new ArrayList<>();
        StoreState purgedState = Compactor.compact(state, meta.compactRevision(), touched(records, meta), purged::add);
        return new Loaded(meta, purgedState, purged);
    }

    private KeyTable loadKeys(ReplicaMeta meta) throws SQLException, ReplicaUnusableException {
        KeyTable table = new KeyTable();
        long count = 0;
        long last = 0;
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(ROWS)) {
            while (row.next()) {
                StoredRevision revision = head(row);
                if (revision.revisionId() <= last || !checksum.headMatches(row.getLong(6), revision)) {
                    throw damaged("the row of revision %d/%d does not match its checksum"
                            .formatted(RevisionId.main(revision.revisionId()), RevisionId.sub(revision.revisionId())));
                }
                last = revision.revisionId();
                count++;
                table.add(revision.key(), fields(revision));
            }
        }
        if (count != meta.rowCount() || RevisionId.main(last) > meta.revision()) {
            throw damaged("it has %d rows up to revision %d, its meta row says %d rows and revision %d"
                    .formatted(count, RevisionId.main(last), meta.rowCount(), meta.revision()));
        }
        return table;
    }

    private static StoredRevision head(ResultSet row) throws SQLException {
        byte @Nullable [] key = row.getBytes(2);
        return new StoredRevision(
                row.getLong(1),
                key == null ? Bytes.EMPTY : Bytes.wrap(key),
                Bytes.EMPTY,
                row.getLong(3),
                row.getLong(4),
                row.getLong(5));
    }

    private static KeyRecord.Fields fields(StoredRevision revision) {
        return new KeyRecord.Fields(
                revision.revisionId(), revision.createRevision(), revision.version(), revision.leaseId());
    }

    private ReplicaUnusableException damaged(String detail) {
        return new ReplicaUnusableException(file, Reason.CORRUPT, detail, null);
    }

    /** Keys from which the newest compaction may have taken something. */
    private static List<Bytes> touched(List<KeyRecord> records, ReplicaMeta meta) {
        List<Bytes> touched = new ArrayList<>();
        for (KeyRecord record : records) {
            boolean hasOld = RevisionId.main(Math.abs(record.idOf(0))) <= meta.compactRevision();
            if (hasOld && (record.revisionCount() > 1 || !record.isLive())) {
                touched.add(record.key());
            }
        }
        return touched;
    }

    private static List<Attachment> attachments(List<KeyRecord> records) {
        List<Attachment> attachments = new ArrayList<>();
        for (KeyRecord record : records) {
            if (record.leaseId() != 0) {
                attachments.add(new Attachment(record.leaseId(), record.key()));
            }
        }
        attachments.sort(Comparator.naturalOrder());
        return attachments;
    }

    private List<LeaseRecord> loadLeases() throws SQLException {
        List<LeaseRecord> leases = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT id, ttl, remaining FROM lease ORDER BY id")) {
            while (row.next()) {
                leases.add(new LeaseRecord(row.getLong(1), row.getLong(2), row.getLong(3)));
            }
        }
        return leases;
    }

    private AuthState loadAuth() throws SQLException, ReplicaUnusableException {
        try {
            return AuthTable.read(connection);
        } catch (DamagedRowException e) {
            throw damaged(String.valueOf(e.getMessage()));
        }
    }

    private MemberState loadMembers() throws SQLException, ReplicaUnusableException {
        try {
            return MemberTable.read(connection);
        } catch (DamagedRowException e) {
            throw damaged(String.valueOf(e.getMessage()));
        }
    }

    private Set<Alarm> loadAlarms() throws SQLException {
        Set<Alarm> alarms = new HashSet<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT type, member_id FROM alarm")) {
            while (row.next()) {
                alarms.add(new Alarm(row.getInt(1), row.getLong(2)));
            }
        }
        return alarms;
    }
}
