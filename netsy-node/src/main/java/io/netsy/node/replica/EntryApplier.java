package io.netsy.node.replica;

import io.netsy.etcd.state.Alarm;
import io.netsy.etcd.state.LeaseRecord;
import io.netsy.replication.model.Change;
import io.netsy.replication.model.Entry;
import io.netsy.replication.model.RevisionId;
import java.sql.SQLException;
import java.util.List;

/** Carries committed entries into the tables, inside a transaction that is open already. */
final class EntryApplier {
    private final WriterConnection connection;

    EntryApplier(WriterConnection connection) {
        this.connection = connection;
    }

    /** Applies a batch; its revisions are only gathered. Answers what the meta row must say afterwards. */
    ReplicaMeta apply(ReplicaMeta before, CommittedBatch batch) throws SQLException {
        ReplicaMeta meta = before;
        for (Entry entry : batch.entries()) {
            meta = apply(meta, entry);
        }
        return meta.at(batch.position());
    }

    private ReplicaMeta apply(ReplicaMeta meta, Entry entry) throws SQLException {
        return switch (entry) {
            case Entry.Transaction transaction -> changes(meta, transaction.revision(), transaction.changes());
            case Entry.LeaseGrant grant -> {
                connection.putLease(new LeaseRecord(grant.leaseId(), grant.ttlSeconds(), 0));
                yield meta;
            }
            case Entry.LeaseRevoke revoke -> {
                connection.deleteLease(revoke.leaseId());
                yield revoke.deletes().isEmpty() ? meta : changes(meta, revoke.revision(), revoke.deletes());
            }
            case Entry.LeaseCheckpoint checkpoint -> {
                for (Entry.LeaseCheckpoint.Remaining lease : checkpoint.leases()) {
                    connection.setRemaining(lease.leaseId(), lease.remainingSeconds());
                }
                yield meta;
            }
            case Entry.RevisionBump bump -> meta.withRows(bump.revision(), 0);
            case Entry.Compaction compaction -> meta.compacted(compaction.revision());
            case Entry.AlarmChange change -> {
                connection.setAlarm(new Alarm(change.type(), change.memberId()), change.active());
                yield meta;
            }
            case Entry.AuthChange change -> {
                connection.auth().apply(change);
                yield meta;
            }
            case Entry.MembershipChange change -> {
                connection.members().apply(change);
                yield meta;
            }
            case Entry.TermStart ignored -> meta;
        };
    }

    private ReplicaMeta changes(ReplicaMeta meta, long revision, List<Change> changes) throws SQLException {
        for (int sub = 0; sub < changes.size(); sub++) {
            connection.gather(StagedRevisions.toStored(RevisionId.pack(revision, sub), changes.get(sub)));
        }
        return meta.withRows(revision, changes.size());
    }
}
