package io.netsy.etcd.state;

import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.Change;
import io.netsy.replication.model.Entry;
import io.netsy.replication.model.RevisionId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The pure function from a state and a log entry to the next state: the same on the primary, on a standby and in
 * recovery, so that equal logs give equal states.
 */
public final class StateMachine {
    private StateMachine() {}

    /**
     * The state after one entry.
     *
     * @throws IllegalStateException when the entry does not follow from the state, which is a broken invariant
     */
    public static Transition apply(StoreState state, Entry entry) {
        return switch (entry) {
            case Entry.Transaction transaction -> applyChanges(state, transaction.revision(), transaction.changes());
            case Entry.LeaseGrant grant ->
                quiet(state.withLeases(state.leases().put(new LeaseRecord(grant.leaseId(), grant.ttlSeconds(), 0))));
            case Entry.LeaseRevoke revoke -> revoke(state, revoke);
            case Entry.LeaseCheckpoint checkpoint -> quiet(checkpoint(state, checkpoint));
            case Entry.Compaction compaction -> quiet(state.withCompactRevision(compaction.revision()));
            case Entry.RevisionBump bump -> quiet(bump(state, bump.revision()));
            case Entry.AlarmChange change ->
                quiet(state.withAlarm(new Alarm(change.type(), change.memberId()), change.active()));
            case Entry.AuthChange change -> quiet(state.withAuth(state.auth().after(change)));
            case Entry.MembershipChange change ->
                quiet(state.withMembers(state.members().after(change)));
            case Entry.TermStart ignored -> quiet(state);
        };
    }

    private static StoreState bump(StoreState state, long revision) {
        if (revision <= state.revision()) {
            throw new IllegalStateException(
                    "a bump to revision %d after revision %d".formatted(revision, state.revision()));
        }
        return state.withRevision(revision);
    }

    private static Transition quiet(StoreState after) {
        return new Transition(after, List.of());
    }

    private static Transition revoke(StoreState state, Entry.LeaseRevoke revoke) {
        Transition deleted =
                revoke.deletes().isEmpty() ? quiet(state) : applyChanges(state, revoke.revision(), revoke.deletes());
        StoreState after = deleted.after();
        return new Transition(after.withLeases(after.leases().remove(revoke.leaseId())), deleted.events());
    }

    private static StoreState checkpoint(StoreState state, Entry.LeaseCheckpoint checkpoint) {
        SortedTree<Long, LeaseRecord> leases = state.leases();
        for (Entry.LeaseCheckpoint.Remaining remaining : checkpoint.leases()) {
            LeaseRecord lease = leases.get(remaining.leaseId());
            if (lease != null) {
                leases = leases.put(new LeaseRecord(lease.id(), lease.ttlSeconds(), remaining.remainingSeconds()));
            }
        }
        return state.withLeases(leases);
    }

    private static Transition applyChanges(StoreState state, long revision, List<Change> changes) {
        if (revision <= state.revision()) {
            throw new IllegalStateException(
                    "entry of revision %d after revision %d".formatted(revision, state.revision()));
        }
        List<KeyEvent> events = new ArrayList<>(changes.size());
        StoreState after = state;
        int sub = 0;
        for (Change change : changes) {
            KeyRecord before = after.keys().get(change.key());
            KeyRecord record = next(before, change, RevisionId.pack(revision, sub++));
            after = applyOne(after, before, record);
            boolean again = before != null && before.modRevision() == revision;
            KeyRecord previous = again ? state.keys().get(change.key()) : before;
            events.add(new KeyEvent(record, valueOf(change), previous));
        }
        return new Transition(after.withRevision(revision), events);
    }

    /** The state with one change, at a revision that is not finished yet: what later operations of a transaction see. */
    public static StoreState applyOne(StoreState state, Change change, long revisionId) {
        KeyRecord before = state.keys().get(change.key());
        return applyOne(state, before, next(before, change, revisionId));
    }

    private static StoreState applyOne(StoreState state, @Nullable KeyRecord before, KeyRecord record) {
        SortedTree<Attachment, Attachment> attachments = state.attachments();
        long leaseBefore = before == null ? 0 : before.leaseId();
        if (leaseBefore != record.leaseId()) {
            if (leaseBefore != 0) {
                attachments = attachments.remove(new Attachment(leaseBefore, record.key()));
            }
            if (record.leaseId() != 0) {
                attachments = attachments.put(new Attachment(record.leaseId(), record.key()));
            }
        }
        return state.withKeys(state.keys().put(record), attachments);
    }

    private static KeyRecord next(@Nullable KeyRecord before, Change change, long revisionId) {
        KeyRecord.Fields fields = switch (change) {
            case Change.Put put -> new KeyRecord.Fields(revisionId, put.createRevision(), put.version(), put.leaseId());
            case Change.Delete ignored -> KeyRecord.Fields.tombstone(revisionId);
        };
        return before == null ? KeyRecord.of(change.key(), fields) : before.followedBy(fields);
    }

    private static Bytes valueOf(Change change) {
        return change instanceof Change.Put put ? put.value() : Bytes.EMPTY;
    }
}
