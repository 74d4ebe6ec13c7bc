package io.netsy.etcd.state;

import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.KeyRange;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The whole replicated state after some log entry, as a value: keys without their values, leases, attachments, alarms,
 * users and roles, members.
 *
 * <p>Immutable and safe for any thread. The primary's sequencer holds the newest, speculative one; what has been
 * committed is published by handing over the reference; an evaluation that fails simply drops its state.
 *
 * @param revision the current etcd revision; 1 in an empty store
 * @param compactRevision the newest compaction; -1 when there was none
 * @param keys every key with a known revision, tombstones included; the weight counts live keys
 * @param leases by id
 * @param attachments live keys that have a lease
 * @param alarms those that stand
 * @param auth users, roles and whether they matter
 * @param members who the cluster is
 */
public record StoreState(
        long revision,
        long compactRevision,
        SortedTree<Bytes, KeyRecord> keys,
        SortedTree<Long, LeaseRecord> leases,
        SortedTree<Attachment, Attachment> attachments,
        Set<Alarm> alarms,
        AuthState auth,
        MemberState members) {

    /** How keys are ordered; live ones count. */
    public static final SortedTree.Order<Bytes, KeyRecord> KEY_ORDER = new SortedTree.Order<>() {
        @Override
        public Bytes keyOf(KeyRecord element) {
            return element.key();
        }

        @Override
        public int compare(Bytes left, Bytes right) {
            return left.compareTo(right);
        }

        @Override
        public int weightOf(KeyRecord element) {
            return element.isLive() ? 1 : 0;
        }
    };

    /** Leases by id. */
    public static final SortedTree.Order<Long, LeaseRecord> LEASE_ORDER = new SortedTree.Order<>() {
        @Override
        public Long keyOf(LeaseRecord element) {
            return element.id();
        }

        @Override
        public int compare(Long left, Long right) {
            return left.compareTo(right);
        }

        @Override
        public int weightOf(LeaseRecord element) {
            return 1;
        }
    };

    /** Attachments by lease, then key. */
    public static final SortedTree.Order<Attachment, Attachment> ATTACHMENT_ORDER = new SortedTree.Order<>() {
        @Override
        public Attachment keyOf(Attachment element) {
            return element;
        }

        @Override
        public int compare(Attachment left, Attachment right) {
            return left.compareTo(right);
        }

        @Override
        public int weightOf(Attachment element) {
            return 1;
        }
    };

    /** The store before the first write. */
    public static final StoreState EMPTY = new StoreState(
            1,
            -1,
            SortedTree.empty(KEY_ORDER),
            SortedTree.empty(LEASE_ORDER),
            SortedTree.empty(ATTACHMENT_ORDER),
            Set.of(),
            AuthState.EMPTY,
            MemberState.EMPTY);

    public StoreState {
        alarms = Set.copyOf(alarms);
        if (revision < 1) {
            throw new IllegalArgumentException("revision " + revision);
        }
    }

    /** The key if it exists now, else null. */
    public @Nullable KeyRecord live(Bytes key) {
        KeyRecord record = keys.get(key);
        return record != null && record.isLive() ? record : null;
    }

    /** Visits the keys that exist now, in order, until the visitor answers false. */
    public void visitLive(KeyRange range, Predicate<KeyRecord> visitor) {
        if (!range.isEmpty()) {
            keys.visit(range.start(), range.end(), record -> !record.isLive() || visitor.test(record));
        }
    }

    /** Visits the keys that existed at {@code revision}, with the id of their revision then. */
    public void visitAt(KeyRange range, long revision, RevisionVisitor visitor) {
        if (!range.isEmpty()) {
            keys.visit(range.start(), range.end(), record -> {
                long id = record.idAt(revision);
                return id <= 0 || visitor.visit(record, id);
            });
        }
    }

    /** How many keys exist now in the range, in {@code O(log n)}. */
    public long countLive(KeyRange range) {
        return range.isEmpty() ? 0 : keys.weightBetween(range.start(), range.end());
    }

    /** Visits the live keys attached to a lease in key order. */
    public void visitAttached(long leaseId, Predicate<Bytes> visitor) {
        attachments.visit(
                new Attachment(leaseId, Bytes.EMPTY),
                null,
                attachment -> attachment.leaseId() == leaseId && visitor.test(attachment.key()));
    }

    public boolean hasAlarm(int type) {
        return alarms.stream().anyMatch(alarm -> alarm.type() == type);
    }

    StoreState withRevision(long newRevision) {
        return new StoreState(newRevision, compactRevision, keys, leases, attachments, alarms, auth, members);
    }

    StoreState withCompactRevision(long newCompactRevision) {
        return new StoreState(revision, newCompactRevision, keys, leases, attachments, alarms, auth, members);
    }

    StoreState withKeys(SortedTree<Bytes, KeyRecord> newKeys, SortedTree<Attachment, Attachment> newAttachments) {
        return new StoreState(revision, compactRevision, newKeys, leases, newAttachments, alarms, auth, members);
    }

    StoreState withLeases(SortedTree<Long, LeaseRecord> newLeases) {
        return new StoreState(revision, compactRevision, keys, newLeases, attachments, alarms, auth, members);
    }

    StoreState withAlarm(Alarm alarm, boolean active) {
        Set<Alarm> changed = new HashSet<>(alarms);
        if (active) {
            changed.add(alarm);
        } else {
            changed.remove(alarm);
        }
        return new StoreState(revision, compactRevision, keys, leases, attachments, changed, auth, members);
    }

    StoreState withAuth(AuthState newAuth) {
        return new StoreState(revision, compactRevision, keys, leases, attachments, alarms, newAuth, members);
    }

    StoreState withMembers(MemberState newMembers) {
        return new StoreState(revision, compactRevision, keys, leases, attachments, alarms, auth, newMembers);
    }

    /** Sees a key that existed at a revision; answers false to stop. */
    @FunctionalInterface
    public interface RevisionVisitor {
        boolean visit(KeyRecord record, long revisionId);
    }
}
