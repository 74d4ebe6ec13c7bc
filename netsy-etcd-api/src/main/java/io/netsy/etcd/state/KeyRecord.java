package io.netsy.etcd.state;

import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.RevisionId;
import java.util.Arrays;

/**
 * What the key index knows of one key: the fields of its newest revision, except the value, and the revision ids of the
 * older ones that no compaction has taken yet.
 *
 * <p>A record is immutable to whoever holds it. Successive records of one key share a growing array of ids; each looks
 * only at the ids it was made with, and what a successor writes behind them is the same for every successor: the id of
 * the record that it follows. So a key that is written a million times between two compactions costs amortised constant
 * time (etcd's keyIndex grows its generation the same way), also when a transaction tries its changes before they are
 * applied. A successor that finds another's ids there, which were never logged, makes an array of its own.
 */
public final class KeyRecord {
    private static final long[] NONE = new long[0];

    private final Bytes key;
    private final long modId;
    private final long createRevision;
    private final long version;
    private final long leaseId;
    private final long[] older;
    private final int olderCount;

    private KeyRecord(Bytes key, Fields fields, long[] older, int olderCount) {
        this.key = key;
        this.modId = fields.modId;
        this.createRevision = fields.createRevision;
        this.version = fields.version;
        this.leaseId = fields.leaseId;
        this.older = older;
        this.olderCount = olderCount;
    }

    /**
     * The fields of one revision of a key; version 0 is a tombstone, whose other fields are 0.
     *
     * @param modId the {@link RevisionId} of the change
     */
    public record Fields(long modId, long createRevision, long version, long leaseId) {
        public static Fields tombstone(long modId) {
            return new Fields(modId, 0, 0, 0);
        }
    }

    /** A key with one known revision. */
    public static KeyRecord of(Bytes key, Fields fields) {
        return new KeyRecord(key, fields, NONE, 0);
    }

    /** The record after one more revision, which must be newer than all before. */
    public KeyRecord followedBy(Fields next) {
        if (next.modId <= modId) {
            throw new IllegalArgumentException(
                    "revision id %d of '%s' is not above %d".formatted(next.modId, key, modId));
        }
        long own = isLive() ? modId : -modId;
        long[] ids = older;
        if (olderCount == ids.length || (ids[olderCount] != 0 && ids[olderCount] != own)) {
            ids = Arrays.copyOf(Arrays.copyOf(older, olderCount), olderCount < 4 ? olderCount + 1 : olderCount * 2);
        }
        ids[olderCount] = own;
        return new KeyRecord(key, next, ids, olderCount + 1);
    }

    public Bytes key() {
        return key;
    }

    /** The {@link RevisionId} of the newest revision, also when that is a tombstone. */
    public long modId() {
        return modId;
    }

    public long modRevision() {
        return RevisionId.main(modId);
    }

    public long createRevision() {
        return createRevision;
    }

    public long version() {
        return version;
    }

    public long leaseId() {
        return leaseId;
    }

    /** Whether the key exists at its newest revision. */
    public boolean isLive() {
        return version != 0;
    }

    /**
     * The id of the newest revision at or below {@code revision}: positive when the key existed then, negated when it
     * was deleted, 0 when nothing is known of it then.
     */
    public long idAt(long revision) {
        long bound = RevisionId.pack(Math.min(revision, RevisionId.MAX_MAIN), RevisionId.MAX_SUB);
        if (modId <= bound) {
            return isLive() ? modId : -modId;
        }
        for (int low = 0, high = olderCount - 1; ; ) {
            if (low > high) {
                return high < 0 ? 0 : older[high];
            }
            int middle = (low + high) >>> 1;
            if (Math.abs(older[middle]) <= bound) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
    }

    /** How many revisions the record knows, the newest included. */
    public int revisionCount() {
        return olderCount + 1;
    }

    /** The id of the i-th known revision from the oldest on, negated when it is a tombstone. */
    public long idOf(int i) {
        if (i == olderCount) {
            return isLive() ? modId : -modId;
        }
        return older[i];
    }

    /** The record that knows only the newest {@code count} of its revisions. */
    KeyRecord keepNewest(int count) {
        int from = revisionCount() - count;
        long[] kept = Arrays.copyOfRange(older, from, olderCount);
        return new KeyRecord(key, new Fields(modId, createRevision, version, leaseId), kept, kept.length);
    }

    @Override
    public String toString() {
        return "%s mod=%d/%d create=%d version=%d lease=%d revisions=%d"
                .formatted(
                        key, modRevision(), RevisionId.sub(modId), createRevision, version, leaseId, revisionCount());
    }
}
