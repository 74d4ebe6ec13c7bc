package io.netsy.etcd.lease;

import io.netsy.etcd.alarm.Alarms;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.port.Evaluation;
import io.netsy.etcd.port.Operation;
import io.netsy.etcd.port.Proposal;
import io.netsy.etcd.state.LeaseRecord;
import io.netsy.etcd.state.StoreState;
import io.netsy.replication.model.Change;
import io.netsy.replication.model.Entry;
import io.netsy.replication.model.RevisionId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** What is logged of leases (etcd semantics, section 12). Results are revisions unless said otherwise. */
final class LeaseProposals {
    private LeaseProposals() {}

    /** @param ttlSeconds as it was asked for; too long a one is refused here */
    static Proposal<Long> grant(long id, long ttlSeconds, long minTtlSeconds) {
        return Proposal.of(Operation.LEASE_GRANT, (tip, revisions) -> {
            Alarms.refuseIfCorruptOrFull(tip);
            if (ttlSeconds > LeaseSettings.MAX_TTL_SECONDS) {
                throw EtcdError.LEASE_TTL_TOO_LARGE.exception();
            }
            if (tip.leases().get(id) != null) {
                throw EtcdError.LEASE_EXISTS.exception();
            }
            Entry entry = new Entry.LeaseGrant(id, Math.max(ttlSeconds, minTtlSeconds));
            return Evaluation.effect(tip, entry, tip.revision());
        });
    }

    /**
     * The end of a lease and of its keys, in key order, in one revision; the current one when there are none.
     *
     * @param access refuses whoever may not end it
     */
    static Proposal<Long> revoke(long id, Consumer<StoreState> access) {
        return Proposal.of(Operation.LEASE_REVOKE, (tip, revisions) -> {
            Alarms.refuseIfCorrupt(tip);
            access.accept(tip);
            if (tip.leases().get(id) == null) {
                throw EtcdError.LEASE_NOT_FOUND.exception();
            }
            List<Change> deletes = deletesOf(tip, id);
            long revision = deletes.isEmpty() ? tip.revision() : tip.revision() + 1;
            return Evaluation.effect(tip, new Entry.LeaseRevoke(id, revision, deletes), revision);
        });
    }

    /** The same for a lease whose time is over, which nobody has to be allowed. */
    static Proposal<Long> revoke(long id) {
        return revoke(id, state -> {});
    }

    private static List<Change> deletesOf(StoreState tip, long id) {
        List<Change> deletes = new ArrayList<>();
        tip.visitAttached(id, key -> {
            if (deletes.size() > RevisionId.MAX_SUB) {
                throw EtcdError.REQUEST_TOO_LARGE.exception();
            }
            deletes.add(new Change.Delete(key));
            return true;
        });
        return deletes;
    }

    /** Whether a lease exists after everything that was proposed before: what came of its revoke. */
    static Proposal<Boolean> exists(long id) {
        return Proposal.of(
                Operation.LEASE_REVOKE,
                (tip, revisions) -> Evaluation.noEffect(tip.leases().get(id) != null));
    }

    /**
     * What is left of some leases, by the clock at the moment this is sequenced; those that are gone by then are left out.
     * The clock is told so, which is no part of the state and may happen again. The result says nothing.
     */
    static Proposal<Boolean> checkpoint(List<TimedLease> leases, LeaseClock clock) {
        return Proposal.of(Operation.LEASE_CHECKPOINT, (tip, revisions) -> {
            List<Entry.LeaseCheckpoint.Remaining> left = new ArrayList<>(leases.size());
            for (TimedLease lease : leases) {
                if (tip.leases().get(lease.id) != null) {
                    clock.checkpointing(lease)
                            .ifPresent(seconds -> left.add(new Entry.LeaseCheckpoint.Remaining(lease.id, seconds)));
                }
            }
            return left.isEmpty()
                    ? Evaluation.noEffect(false)
                    : Evaluation.effect(tip, new Entry.LeaseCheckpoint(left), true);
        });
    }

    /** The end of a lease's checkpoint, if it has one; false when the lease is gone. */
    static Proposal<Boolean> clearCheckpoint(long id) {
        return Proposal.of(Operation.LEASE_CHECKPOINT, (tip, revisions) -> {
            LeaseRecord lease = tip.leases().get(id);
            if (lease == null) {
                return Evaluation.noEffect(false);
            }
            if (lease.remainingSeconds() == 0) {
                return Evaluation.noEffect(true);
            }
            Entry.LeaseCheckpoint.Remaining full = new Entry.LeaseCheckpoint.Remaining(id, 0);
            return Evaluation.effect(tip, new Entry.LeaseCheckpoint(List.of(full)), true);
        });
    }
}
