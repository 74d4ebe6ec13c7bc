package io.netsy.replication.model;

import java.util.List;
import java.util.UUID;

/**
 * One entry of the log: the effect of one accepted request, at one log index.
 *
 * <p>Effects are logged, not requests: an entry says what became of the state, so a standby applies it without judging
 * it again. Only {@link Transaction} and a {@link LeaseRevoke} with deletes carry an etcd revision; the others move the
 * log index alone.
 */
public sealed interface Entry {

    /** Key changes at one new revision. */
    record Transaction(long revision, List<Change> changes) implements Entry {
        public Transaction {
            changes = List.copyOf(changes);
            if (changes.isEmpty()) {
                throw new IllegalArgumentException("revision " + revision + " without a change");
            }
        }
    }

    /** A lease exists from here on. */
    record LeaseGrant(long leaseId, long ttlSeconds) implements Entry {}

    /** A lease is gone, and its keys with it at {@code revision}; without keys the revision is the current one. */
    record LeaseRevoke(long leaseId, long revision, List<Change> deletes) implements Entry {
        public LeaseRevoke {
            deletes = List.copyOf(deletes);
        }
    }

    /** What was left of leases' lives when the primary wrote this; 0 clears a checkpoint: the full TTL counts again. */
    record LeaseCheckpoint(List<Remaining> leases) implements Entry {
        public LeaseCheckpoint {
            leases = List.copyOf(leases);
        }

        /** A lease and its remaining seconds. */
        public record Remaining(long leaseId, long remainingSeconds) {}
    }

    /** Revisions below this one can no longer be read. */
    record Compaction(long revision) implements Entry {}

    /**
     * The store's revision goes on from here. Those passed over may have been given to writes that an operator gave up for lost, and
     * seen (protocol safety, 21).
     */
    record RevisionBump(long revision) implements Entry {}

    /** An alarm of a member was raised or cleared; {@code type} is etcd's AlarmType number. */
    record AlarmChange(int type, long memberId, boolean active) implements Entry {}

    /**
     * Users and roles changed, or auth was switched on or off.
     *
     * @param authRevision the auth revision from here on; it is not the store's
     * @param enabled whether auth is on from here on
     */
    record AuthChange(long authRevision, boolean enabled, Changed<AuthUser> users, Changed<AuthRole> roles)
            implements Entry {

        /** Records by name: those that are new or replaced, and the names of those that are gone. */
        public record Changed<T>(List<T> put, List<Bytes> removed) {
            public Changed {
                put = List.copyOf(put);
                removed = List.copyOf(removed);
            }

            public static <T> Changed<T> nothing() {
                return new Changed<>(List.of(), List.of());
            }

            public static <T> Changed<T> put(List<T> put) {
                return new Changed<>(put, List.of());
            }
        }
    }

    /**
     * Members came, changed or went. It proposes: whose word counts is what the term register says, which follows.
     *
     * @param put those that are new or replaced
     * @param removed ids of those that are gone, for ever
     */
    record MembershipChange(List<Member> put, List<Long> removed) implements Entry {
        public MembershipChange {
            put = List.copyOf(put);
            removed = List.copyOf(removed);
        }
    }

    /**
     * A primary begins to serve under a new term: the first entry of that term.
     *
     * @param term the new term
     * @param process the writer's random id, drawn at each process start
     * @param parentTerm the term of the entry before this one; 0 at the beginning of the log
     */
    record TermStart(long term, UUID process, long parentTerm) implements Entry {}
}
