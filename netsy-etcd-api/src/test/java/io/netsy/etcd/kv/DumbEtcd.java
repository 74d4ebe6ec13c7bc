package io.netsy.etcd.kv;

import com.google.protobuf.ByteString;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.proto.mvcc.KeyValue;
import io.netsy.etcd.proto.rpc.Compare;
import io.netsy.etcd.proto.rpc.DeleteRangeRequest;
import io.netsy.etcd.proto.rpc.DeleteRangeResponse;
import io.netsy.etcd.proto.rpc.PutRequest;
import io.netsy.etcd.proto.rpc.PutResponse;
import io.netsy.etcd.proto.rpc.RangeRequest;
import io.netsy.etcd.proto.rpc.RangeRequest.SortOrder;
import io.netsy.etcd.proto.rpc.RangeRequest.SortTarget;
import io.netsy.etcd.proto.rpc.RangeResponse;
import io.netsy.etcd.proto.rpc.RequestOp;
import io.netsy.etcd.proto.rpc.ResponseHeader;
import io.netsy.etcd.proto.rpc.ResponseOp;
import io.netsy.etcd.proto.rpc.TxnRequest;
import io.netsy.etcd.proto.rpc.TxnResponse;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * etcd's KV service written for nothing but plainness: a full copy of all keys for each revision, and lists walked from
 * end to end. Headers carry the revision alone.
 */
final class DumbEtcd {
    private static final Comparator<ByteString> ORDER = ByteString.unsignedLexicographicalComparator();

    /** All keys at each revision. */
    private final List<NavigableMap<ByteString, KeyValue>> revisions = new ArrayList<>();

    final Set<Long> leases = new HashSet<>();
    private long compacted = -1;

    DumbEtcd() {
        revisions.add(new TreeMap<>(ORDER));
        revisions.add(new TreeMap<>(ORDER));
    }

    long revision() {
        return revisions.size() - 1L;
    }

    private NavigableMap<ByteString, KeyValue> newest() {
        return revisions.getLast();
    }

    private static ResponseHeader header(long revision) {
        return ResponseHeader.newBuilder().setRevision(revision).build();
    }

    private static boolean matches(ByteString key, ByteString start, ByteString end) {
        if (end.isEmpty()) {
            return key.equals(start);
        }
        boolean fromKey = end.size() == 1 && end.byteAt(0) == 0;
        return ORDER.compare(key, start) >= 0 && (fromKey || ORDER.compare(key, end) < 0);
    }

    private static List<KeyValue> matching(NavigableMap<ByteString, KeyValue> keys, ByteString start, ByteString end) {
        return keys.values().stream()
                .filter(pair -> matches(pair.getKey(), start, end))
                .toList();
    }

    // ------------------------------------------------------------ requests

    RangeResponse range(RangeRequest request) {
        check(request);
        return new Run().range(request);
    }

    PutResponse put(PutRequest request) {
        check(request);
        if (request.getLease() != 0 && !leases.contains(request.getLease())) {
            throw EtcdError.LEASE_NOT_FOUND.exception();
        }
        Run run = new Run();
        PutResponse answer = run.put(request);
        run.commit();
        return answer;
    }

    DeleteRangeResponse delete(DeleteRangeRequest request) {
        check(request);
        Run run = new Run();
        DeleteRangeResponse answer = run.delete(request);
        run.commit();
        return answer;
    }

    TxnResponse txn(TxnRequest request) {
        check(request, 128);
        puts(request.getSuccessList());
        puts(request.getFailureList());
        List<Boolean> path = new ArrayList<>();
        settle(request, path);
        checkTaken(request, new ArrayList<>(path));
        Run run = new Run();
        TxnResponse.Builder answer = run.txn(request, path);
        run.commit();
        return answer.setHeader(header(revision())).build();
    }

    void compact(long revision) {
        if (revision <= compacted) {
            throw EtcdError.COMPACTED.exception();
        }
        if (revision > revision()) {
            throw EtcdError.FUTURE_REVISION.exception();
        }
        compacted = revision;
    }

    // ------------------------------------------------------------ static checks

    private static void check(boolean good, EtcdError otherwise) {
        if (!good) {
            throw otherwise.exception();
        }
    }

    private static void check(RangeRequest request) {
        check(!request.getKey().isEmpty(), EtcdError.EMPTY_KEY);
        check(request.getSortOrderValue() >= 0 && request.getSortOrderValue() <= 2, EtcdError.INVALID_SORT_OPTION);
        check(request.getSortTargetValue() >= 0 && request.getSortTargetValue() <= 4, EtcdError.INVALID_SORT_OPTION);
    }

    private static void check(PutRequest request) {
        check(!request.getKey().isEmpty(), EtcdError.EMPTY_KEY);
        check(!request.getIgnoreValue() || request.getValue().isEmpty(), EtcdError.VALUE_PROVIDED);
        check(!request.getIgnoreLease() || request.getLease() == 0, EtcdError.LEASE_PROVIDED);
    }

    private static void check(DeleteRangeRequest request) {
        check(!request.getKey().isEmpty(), EtcdError.EMPTY_KEY);
    }

    private static void check(TxnRequest request, int budget) {
        int most = Collections.max(
                List.of(request.getCompareCount(), request.getSuccessCount(), request.getFailureCount()));
        check(most <= budget, EtcdError.TOO_MANY_OPERATIONS);
        request.getCompareList().forEach(compare -> check(!compare.getKey().isEmpty(), EtcdError.EMPTY_KEY));
        List<RequestOp> operations = new ArrayList<>(request.getSuccessList());
        operations.addAll(request.getFailureList());
        for (RequestOp operation : operations) {
            if (operation.hasRequestRange()) {
                check(operation.getRequestRange());
            } else if (operation.hasRequestPut()) {
                check(operation.getRequestPut());
            } else if (operation.hasRequestDeleteRange()) {
                check(operation.getRequestDeleteRange());
            } else if (operation.hasRequestTxn()) {
                check(operation.getRequestTxn(), budget - most);
            } else {
                throw EtcdError.KEY_NOT_FOUND.exception();
            }
        }
    }

    private record Touched(Set<ByteString> puts, List<DeleteRangeRequest> deletes) {
        boolean isDeleted(ByteString key) {
            // One zero byte is taken literally here: nothing is below it.
            return deletes.stream()
                    .anyMatch(delete -> delete.getRangeEnd().isEmpty()
                            ? delete.getKey().equals(key)
                            : ORDER.compare(delete.getKey(), key) <= 0 && ORDER.compare(key, delete.getRangeEnd()) < 0);
        }

        void put(ByteString key, boolean allowed) {
            check(!isDeleted(key), EtcdError.DUPLICATE_KEY);
            check(puts.add(key) || allowed, EtcdError.DUPLICATE_KEY);
        }
    }

    private static Touched puts(List<RequestOp> operations) {
        Touched touched = new Touched(new HashSet<>(), new ArrayList<>());
        operations.stream()
                .filter(RequestOp::hasRequestDeleteRange)
                .forEach(operation -> touched.deletes.add(operation.getRequestDeleteRange()));
        operations.stream().filter(RequestOp::hasRequestTxn).forEach(operation -> {
            Touched then = puts(operation.getRequestTxn().getSuccessList());
            Touched otherwise = puts(operation.getRequestTxn().getFailureList());
            then.puts.forEach(key -> touched.put(key, false));
            otherwise.puts.forEach(key -> touched.put(key, then.puts.contains(key)));
            touched.deletes.addAll(then.deletes);
            touched.deletes.addAll(otherwise.deletes);
        });
        operations.stream()
                .filter(RequestOp::hasRequestPut)
                .forEach(operation -> touched.put(operation.getRequestPut().getKey(), false));
        return touched;
    }

    // ------------------------------------------------------------ transactions

    /** Writes down the outcome of each compare list, the outer one before those inside it. */
    private void settle(TxnRequest request, List<Boolean> path) {
        boolean succeeded = request.getCompareList().stream().allMatch(this::holds);
        path.add(succeeded);
        for (RequestOp operation : succeeded ? request.getSuccessList() : request.getFailureList()) {
            if (operation.hasRequestTxn()) {
                settle(operation.getRequestTxn(), path);
            }
        }
    }

    private boolean holds(Compare compare) {
        List<KeyValue> pairs = matching(newest(), compare.getKey(), compare.getRangeEnd());
        if (pairs.isEmpty()) {
            return compare.getTarget() != Compare.CompareTarget.VALUE && holds(compare, KeyValue.getDefaultInstance());
        }
        return pairs.stream().allMatch(pair -> holds(compare, pair));
    }

    private static boolean holds(Compare compare, KeyValue pair) {
        int difference = switch (compare.getTarget()) {
            case VERSION -> Long.compare(pair.getVersion(), compare.getVersion());
            case CREATE -> Long.compare(pair.getCreateRevision(), compare.getCreateRevision());
            case MOD -> Long.compare(pair.getModRevision(), compare.getModRevision());
            case LEASE -> Long.compare(pair.getLease(), compare.getLease());
            case VALUE -> ORDER.compare(pair.getValue(), compare.getValue());
            case UNRECOGNIZED -> 0;
        };
        return switch (compare.getResult()) {
            case EQUAL -> difference == 0;
            case NOT_EQUAL -> difference != 0;
            case GREATER -> difference > 0;
            case LESS -> difference < 0;
            case UNRECOGNIZED -> true;
        };
    }

    private void checkTaken(TxnRequest request, List<Boolean> path) {
        for (RequestOp operation : path.removeFirst() ? request.getSuccessList() : request.getFailureList()) {
            if (operation.hasRequestTxn()) {
                checkTaken(operation.getRequestTxn(), path);
            } else if (operation.hasRequestPut()) {
                PutRequest put = operation.getRequestPut();
                boolean keeps = put.getIgnoreLease() || put.getIgnoreValue();
                check(!keeps || newest().containsKey(put.getKey()), EtcdError.KEY_NOT_FOUND);
                check(put.getLease() == 0 || leases.contains(put.getLease()), EtcdError.LEASE_NOT_FOUND);
            } else if (operation.hasRequestRange()) {
                long asked = operation.getRequestRange().getRevision();
                check(asked <= revision(), EtcdError.FUTURE_REVISION);
                check(asked == 0 || asked >= compacted, EtcdError.COMPACTED);
            }
        }
    }

    /** Operations one after another on a copy of the newest keys. */
    private final class Run {
        private final NavigableMap<ByteString, KeyValue> keys = new TreeMap<>(newest());
        private final long next = revision() + 1;
        private boolean changed;

        void commit() {
            if (changed) {
                revisions.add(keys);
            }
        }

        private long now() {
            return changed ? next : next - 1;
        }

        TxnResponse.Builder txn(TxnRequest request, List<Boolean> path) {
            boolean succeeded = path.removeFirst();
            TxnResponse.Builder answer = TxnResponse.newBuilder().setSucceeded(succeeded);
            for (RequestOp operation : succeeded ? request.getSuccessList() : request.getFailureList()) {
                ResponseOp.Builder inner = answer.addResponsesBuilder();
                if (operation.hasRequestRange()) {
                    inner.setResponseRange(range(operation.getRequestRange()));
                } else if (operation.hasRequestPut()) {
                    inner.setResponsePut(put(operation.getRequestPut()));
                } else if (operation.hasRequestDeleteRange()) {
                    inner.setResponseDeleteRange(delete(operation.getRequestDeleteRange()));
                } else {
                    inner.setResponseTxn(txn(operation.getRequestTxn(), path).setHeader(header(0)));
                }
            }
            return answer;
        }

        PutResponse put(PutRequest request) {
            KeyValue old = keys.get(request.getKey());
            check(old != null || !(request.getIgnoreValue() || request.getIgnoreLease()), EtcdError.KEY_NOT_FOUND);
            KeyValue.Builder pair = KeyValue.newBuilder()
                    .setKey(request.getKey())
                    .setValue(request.getValue())
                    .setLease(request.getLease())
                    .setCreateRevision(old == null ? next : old.getCreateRevision())
                    .setModRevision(next)
                    .setVersion(old == null ? 1 : old.getVersion() + 1);
            if (old != null && request.getIgnoreValue()) {
                pair.setValue(old.getValue());
            }
            if (old != null && request.getIgnoreLease()) {
                pair.setLease(old.getLease());
            }
            keys.put(request.getKey(), pair.build());
            changed = true;
            return answer(old != null && request.getPrevKv() ? old : null);
        }

        private PutResponse answer(@Nullable KeyValue old) {
            PutResponse.Builder answer = PutResponse.newBuilder().setHeader(header(next));
            return old == null ? answer.build() : answer.setPrevKv(old).build();
        }

        DeleteRangeResponse delete(DeleteRangeRequest request) {
            List<KeyValue> pairs = matching(keys, request.getKey(), request.getRangeEnd());
            pairs.forEach(pair -> keys.remove(pair.getKey()));
            changed |= !pairs.isEmpty();
            DeleteRangeResponse.Builder answer =
                    DeleteRangeResponse.newBuilder().setHeader(header(now())).setDeleted(pairs.size());
            return request.getPrevKv() ? answer.addAllPrevKvs(pairs).build() : answer.build();
        }

        RangeResponse range(RangeRequest request) {
            check(request.getRevision() <= now(), EtcdError.FUTURE_REVISION);
            long at = request.getRevision() <= 0 ? now() : request.getRevision();
            check(at >= compacted, EtcdError.COMPACTED);
            NavigableMap<ByteString, KeyValue> then = at == now() ? keys : revisions.get((int) at);
            List<KeyValue> all = matching(then, request.getKey(), request.getRangeEnd());
            RangeResponse.Builder answer =
                    RangeResponse.newBuilder().setHeader(header(now())).setCount(all.size());
            if (request.getCountOnly()) {
                return answer.build();
            }
            List<KeyValue> sorted = sorted(request, filtered(request, considered(request, all)));
            for (KeyValue pair : sorted) {
                if (request.getLimit() > 0 && answer.getKvsCount() == request.getLimit()) {
                    answer.setMore(true);
                    break;
                }
                answer.addKvs(
                        request.getKeysOnly() ? pair.toBuilder().clearValue().build() : pair);
            }
            return answer.build();
        }
    }

    private static List<KeyValue> considered(RangeRequest request, List<KeyValue> all) {
        boolean everything = request.getLimit() <= 0
                || request.getSortOrder() != SortOrder.NONE
                || request.getMinModRevision() != 0
                || request.getMaxModRevision() != 0
                || request.getMinCreateRevision() != 0
                || request.getMaxCreateRevision() != 0;
        return everything ? all : all.stream().limit(request.getLimit() + 1).toList();
    }

    private static List<KeyValue> filtered(RangeRequest request, List<KeyValue> all) {
        return all.stream()
                .filter(pair ->
                        request.getMaxModRevision() == 0 || pair.getModRevision() <= request.getMaxModRevision())
                .filter(pair ->
                        request.getMinModRevision() == 0 || pair.getModRevision() >= request.getMinModRevision())
                .filter(pair -> request.getMaxCreateRevision() == 0
                        || pair.getCreateRevision() <= request.getMaxCreateRevision())
                .filter(pair -> request.getMinCreateRevision() == 0
                        || pair.getCreateRevision() >= request.getMinCreateRevision())
                .toList();
    }

    private static List<KeyValue> sorted(RangeRequest request, List<KeyValue> all) {
        if (request.getSortOrder() == SortOrder.NONE && request.getSortTarget() == SortTarget.KEY) {
            return all;
        }
        Comparator<KeyValue> ascending = switch (request.getSortTarget()) {
            case KEY, UNRECOGNIZED -> Comparator.comparing(KeyValue::getKey, ORDER);
            case VERSION -> Comparator.comparingLong(KeyValue::getVersion);
            case CREATE -> Comparator.comparingLong(KeyValue::getCreateRevision);
            case MOD -> Comparator.comparingLong(KeyValue::getModRevision);
            case VALUE -> Comparator.comparing(KeyValue::getValue, ORDER);
        };
        return all.stream()
                .sorted(request.getSortOrder() == SortOrder.DESCEND ? ascending.reversed() : ascending)
                .toList();
    }
}
