package io.netsy.etcd.kv;

import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.proto.rpc.PutRequest;
import io.netsy.etcd.rpc.ByteStrings;
import io.netsy.etcd.state.KeyRecord;
import io.netsy.etcd.state.StoreState;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.Change;
import org.jspecify.annotations.Nullable;

/** A put request in the model's terms (etcd semantics, section 7). */
record PutEffect(PutRequest request, Bytes key, Bytes value) {
    PutEffect(PutRequest request) {
        this(request, ByteStrings.toBytes(request.getKey()), ByteStrings.toBytes(request.getValue()));
    }

    /** Refuses a lease that does not exist. */
    void checkLease(StoreState state) {
        if (request.getLease() != 0 && state.leases().get(request.getLease()) == null) {
            throw EtcdError.LEASE_NOT_FOUND.exception();
        }
    }

    /** Refuses to keep the value or the lease of a key that does not exist. */
    void checkKept(@Nullable KeyRecord old) {
        if (old == null && (request.getIgnoreValue() || request.getIgnoreLease())) {
            throw EtcdError.KEY_NOT_FOUND.exception();
        }
    }

    /** The change that the put makes to its key, which is {@code old} now; null when it does not exist. */
    Change.Put over(@Nullable KeyRecord old, long newRevision, ValueReader values) {
        checkKept(old);
        if (old == null) {
            return new Change.Put(key, value, newRevision, 1, request.getLease());
        }
        return new Change.Put(
                key,
                request.getIgnoreValue() ? values.value(old.modId()) : value,
                old.createRevision(),
                old.version() + 1,
                request.getIgnoreLease() ? old.leaseId() : request.getLease());
    }
}
