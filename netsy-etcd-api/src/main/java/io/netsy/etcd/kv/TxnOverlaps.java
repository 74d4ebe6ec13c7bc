package io.netsy.etcd.kv;

import com.google.protobuf.ByteString;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.proto.rpc.DeleteRangeRequest;
import io.netsy.etcd.proto.rpc.RequestOp;
import io.netsy.etcd.proto.rpc.TxnRequest;
import io.netsy.etcd.rpc.ByteStrings;
import io.netsy.replication.model.Bytes;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The rule that a transaction puts no key twice and puts no key that it deletes (etcd semantics, section 9, step 4),
 * with the holes that etcd has: a delete without an end covers nothing, and deletes of a nested transaction are not held
 * against the puts of the nested ones before it.
 *
 * <p>An instance is what one list of operations puts and deletes, nested ones included.
 */
final class TxnOverlaps {
    private final Set<Bytes> puts = new HashSet<>();

    /** Disjoint intervals that are deleted: exclusive end by start. */
    private final TreeMap<Bytes, Bytes> deletes = new TreeMap<>();

    private TxnOverlaps() {}

    static void check(TxnRequest request) {
        // A single operation overlaps nothing, and that is what Kubernetes sends.
        if (request.getSuccessCount() > 1 || hasNested(request.getSuccessList())) {
            of(request.getSuccessList());
        }
        if (request.getFailureCount() > 1 || hasNested(request.getFailureList())) {
            of(request.getFailureList());
        }
    }

    private static boolean hasNested(List<RequestOp> operations) {
        return operations.stream().anyMatch(RequestOp::hasRequestTxn);
    }

    private static TxnOverlaps of(List<RequestOp> operations) {
        TxnOverlaps all = new TxnOverlaps();
        for (RequestOp operation : operations) {
            if (operation.hasRequestDeleteRange()) {
                all.addDelete(operation.getRequestDeleteRange());
            }
        }
        for (RequestOp operation : operations) {
            if (operation.hasRequestTxn()) {
                all.addNested(operation.getRequestTxn());
            }
        }
        for (RequestOp operation : operations) {
            if (operation.hasRequestPut()) {
                all.addPut(ByteStrings.toBytes(operation.getRequestPut().getKey()));
            }
        }
        return all;
    }

    private void addDelete(DeleteRangeRequest request) {
        Bytes start = ByteStrings.toBytes(request.getKey());
        ByteString rangeEnd = request.getRangeEnd();
        // Literally: the end of one zero byte lies before every start.
        Bytes end = rangeEnd.isEmpty() ? start.successor() : ByteStrings.toBytes(rangeEnd);
        addDelete(start, end);
    }

    private void addDelete(Bytes start, Bytes end) {
        if (end.compareTo(start) <= 0) {
            return;
        }
        Bytes mergedStart = start;
        Bytes mergedEnd = end;
        for (Map.Entry<Bytes, Bytes> other = deletes.lowerEntry(end);
                other != null && other.getValue().compareTo(start) >= 0;
                other = deletes.lowerEntry(end)) {
            deletes.remove(other.getKey());
            mergedStart = min(mergedStart, other.getKey());
            mergedEnd = max(mergedEnd, other.getValue());
        }
        deletes.put(mergedStart, mergedEnd);
    }

    private void addNested(TxnRequest nested) {
        TxnOverlaps success = of(nested.getSuccessList());
        TxnOverlaps failure = of(nested.getFailureList());
        success.puts.forEach(this::addPut);
        for (Bytes key : failure.puts) {
            // Only one of the two branches runs, so they may put the same key.
            if (!success.puts.contains(key)) {
                addPut(key);
            }
        }
        success.deletes.forEach(this::addDelete);
        failure.deletes.forEach(this::addDelete);
    }

    private void addPut(Bytes key) {
        Map.Entry<Bytes, Bytes> delete = deletes.floorEntry(key);
        boolean deleted = delete != null && key.compareTo(delete.getValue()) < 0;
        if (deleted || !puts.add(key)) {
            throw EtcdError.DUPLICATE_KEY.exception();
        }
    }

    private static Bytes min(Bytes a, Bytes b) {
        return a.compareTo(b) <= 0 ? a : b;
    }

    private static Bytes max(Bytes a, Bytes b) {
        return a.compareTo(b) >= 0 ? a : b;
    }
}
