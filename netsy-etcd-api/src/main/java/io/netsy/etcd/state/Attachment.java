package io.netsy.etcd.state;

import io.netsy.replication.model.Bytes;

/** A live key's lease, ordered by lease and then by key; lease ids order as signed numbers. */
public record Attachment(long leaseId, Bytes key) implements Comparable<Attachment> {
    @Override
    public int compareTo(Attachment other) {
        int byLease = Long.compare(leaseId, other.leaseId);
        return byLease != 0 ? byLease : key.compareTo(other.key);
    }
}
