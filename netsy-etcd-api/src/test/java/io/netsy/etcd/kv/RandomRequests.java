package io.netsy.etcd.kv;

import com.google.protobuf.ByteString;
import io.netsy.etcd.proto.rpc.Compare;
import io.netsy.etcd.proto.rpc.DeleteRangeRequest;
import io.netsy.etcd.proto.rpc.PutRequest;
import io.netsy.etcd.proto.rpc.RangeRequest;
import io.netsy.etcd.proto.rpc.RequestOp;
import io.netsy.etcd.proto.rpc.TxnRequest;
import java.util.List;
import java.util.Random;

/** Requests over few keys, so that they meet; some of them faulty. */
final class RandomRequests {
    static final List<Long> LEASES = List.of(1L, -7L, 3L);

    private static final List<ByteString> KEYS = List.of(
            ByteString.copyFrom(new byte[] {0}),
            ByteString.copyFromUtf8("a"),
            ByteString.copyFrom(new byte[] {'a', 0}),
            ByteString.copyFromUtf8("ab"),
            ByteString.copyFromUtf8("b"),
            ByteString.copyFromUtf8("c"),
            ByteString.copyFromUtf8("d"),
            ByteString.copyFromUtf8("da"),
            ByteString.copyFromUtf8("e"),
            ByteString.copyFrom(new byte[] {(byte) 0xff}));

    private final Random random;

    RandomRequests(long seed) {
        random = new Random(seed);
    }

    boolean oneIn(int n) {
        return random.nextInt(n) == 0;
    }

    int below(int n) {
        return random.nextInt(n);
    }

    private ByteString key() {
        return oneIn(60) ? ByteString.EMPTY : KEYS.get(random.nextInt(KEYS.size()));
    }

    /** Empty, one zero byte, or a key that may lie before the start. */
    private ByteString end() {
        return switch (random.nextInt(5)) {
            case 0, 1 -> ByteString.EMPTY;
            case 2 -> ByteString.copyFrom(new byte[] {0});
            default -> key();
        };
    }

    private ByteString value() {
        return ByteString.copyFromUtf8(random.nextInt(4) == 0 ? "" : Integer.toString(random.nextInt(5)));
    }

    private long lease() {
        return switch (random.nextInt(6)) {
            case 0, 1 -> LEASES.get(random.nextInt(LEASES.size()));
            case 2 -> oneIn(4) ? 99 : 0;
            default -> 0;
        };
    }

    /** About the revisions that exist, seldom beyond. */
    long revision(long newest) {
        return newest + (oneIn(20) ? 1 : 0) - random.nextInt((int) Math.min(newest + 2, 40));
    }

    private long maybe(int oneIn, long value) {
        return oneIn(oneIn) ? value : 0;
    }

    RangeRequest range(long newest) {
        return RangeRequest.newBuilder()
                .setKey(key())
                .setRangeEnd(end())
                .setLimit(random.nextInt(6) - 1L)
                .setRevision(maybe(3, revision(newest)))
                .setSortOrderValue(oneIn(50) ? 7 : oneIn(2) ? 0 : random.nextInt(3))
                .setSortTargetValue(oneIn(50) ? 5 : oneIn(2) ? 0 : random.nextInt(5))
                .setSerializable(oneIn(3))
                .setKeysOnly(oneIn(5))
                .setCountOnly(oneIn(8))
                .setMinModRevision(maybe(6, revision(newest)))
                .setMaxModRevision(maybe(6, revision(newest)))
                .setMinCreateRevision(maybe(8, revision(newest)))
                .setMaxCreateRevision(maybe(8, revision(newest)))
                .build();
    }

    PutRequest put() {
        boolean ignoreValue = oneIn(8);
        boolean ignoreLease = oneIn(8);
        return PutRequest.newBuilder()
                .setKey(key())
                .setValue(ignoreValue && !oneIn(10) ? ByteString.EMPTY : value())
                .setLease(ignoreLease && !oneIn(10) ? 0 : lease())
                .setPrevKv(oneIn(2))
                .setIgnoreValue(ignoreValue)
                .setIgnoreLease(ignoreLease)
                .build();
    }

    DeleteRangeRequest delete() {
        return DeleteRangeRequest.newBuilder()
                .setKey(key())
                .setRangeEnd(end())
                .setPrevKv(oneIn(2))
                .build();
    }

    private Compare compare(long newest) {
        Compare.Builder compare = Compare.newBuilder()
                .setKey(key())
                .setRangeEnd(oneIn(2) ? end() : ByteString.EMPTY)
                .setResultValue(oneIn(30) ? 4 : random.nextInt(4))
                .setTargetValue(oneIn(30) ? 5 : random.nextInt(5));
        switch (random.nextInt(6)) {
            case 0 -> compare.setVersion(random.nextInt(4));
            case 1 -> compare.setCreateRevision(revision(newest));
            case 2 -> compare.setModRevision(revision(newest));
            case 3 -> compare.setValue(value());
            case 4 -> compare.setLease(lease());
            default -> {}
        }
        return compare.build();
    }

    TxnRequest txn(long newest, int depth) {
        TxnRequest.Builder txn = TxnRequest.newBuilder();
        for (int i = random.nextInt(3); i > 0; i--) {
            txn.addCompare(compare(newest));
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            txn.addSuccess(operation(newest, depth));
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            txn.addFailure(operation(newest, depth));
        }
        return txn.build();
    }

    private RequestOp operation(long newest, int depth) {
        RequestOp.Builder operation = RequestOp.newBuilder();
        switch (random.nextInt(depth > 0 ? 9 : 7)) {
            case 0, 1 -> operation.setRequestRange(range(newest));
            case 2, 3, 4 -> operation.setRequestPut(put());
            case 5 -> operation.setRequestDeleteRange(delete());
            case 6 -> {
                if (!oneIn(20)) {
                    operation.setRequestDeleteRange(delete());
                }
            }
            default -> operation.setRequestTxn(txn(newest, depth - 1));
        }
        return operation.build();
    }
}
