package io.netsy.bench.jmh;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.netsy.etcd.kv.TxnEvaluator;
import io.netsy.etcd.port.Evaluation;
import io.netsy.etcd.port.RevisionStore;
import io.netsy.etcd.proto.rpc.Compare;
import io.netsy.etcd.proto.rpc.PutRequest;
import io.netsy.etcd.proto.rpc.RangeRequest;
import io.netsy.etcd.proto.rpc.RequestOp;
import io.netsy.etcd.proto.rpc.TxnRequest;
import io.netsy.etcd.proto.rpc.TxnResponse;
import io.netsy.etcd.state.StoreState;
import io.netsy.replication.model.Bytes;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Requests as the sequencer judges them, with all values in memory. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class EvaluationBenchmark {
    private static final int PAGE = 500;

    /** Keys in the store. */
    @Param({"100000"})
    public int keys;

    private StoreState state = StoreState.EMPTY;
    private RevisionStore revisions = new OneValue(Bytes.EMPTY);
    private TxnRequest create = TxnRequest.getDefaultInstance();
    private TxnRequest list = TxnRequest.getDefaultInstance();

    /** Made by JMH. */
    public EvaluationBenchmark() {}

    /** Fills the store and makes the requests. */
    @Setup
    public void prepare() {
        state = SampleData.storeOf(keys);
        revisions = new OneValue(SampleData.value(0));
        ByteString key = shared(SampleData.key(keys));
        create = TxnRequest.newBuilder()
                .addCompare(Compare.newBuilder()
                        .setTarget(Compare.CompareTarget.MOD)
                        .setResult(Compare.CompareResult.EQUAL)
                        .setKey(key)
                        .setModRevision(0))
                .addSuccess(RequestOp.newBuilder()
                        .setRequestPut(PutRequest.newBuilder().setKey(key).setValue(shared(SampleData.value(1)))))
                .addFailure(RequestOp.newBuilder()
                        .setRequestRange(RangeRequest.newBuilder().setKey(key)))
                .build();
        list = TxnRequest.newBuilder()
                .addSuccess(RequestOp.newBuilder()
                        .setRequestRange(RangeRequest.newBuilder()
                                .setKey(shared(SampleData.prefix()))
                                .setRangeEnd(shared(SampleData.prefixEnd()))
                                .setLimit(PAGE)))
                .build();
    }

    private static ByteString shared(Bytes bytes) {
        return UnsafeByteOperations.unsafeWrap(bytes.array());
    }

    /** The transaction by which kube-apiserver creates an object, up to the log entry and the state after it. */
    @Benchmark
    public Evaluation<TxnResponse> kubeCreate() {
        return TxnEvaluator.evaluate(create, state, revisions);
    }

    /** A read of 500 keys with their values. */
    @Benchmark
    public Evaluation<TxnResponse> range500() {
        return TxnEvaluator.evaluate(list, state, revisions);
    }

    /** Gives every revision the same value, from memory. */
    private record OneValue(Bytes value) implements RevisionStore {
        @Override
        public Bytes cachedValue(long revisionId) {
            return value;
        }

        @Override
        public @Nullable Bytes[] values(long[] revisionIds) {
            @Nullable Bytes[] values = new Bytes[revisionIds.length];
            Arrays.fill(values, value);
            return values;
        }

        @Override
        public StoredRevision revision(long revisionId) {
            return new StoredRevision(revisionId, Bytes.EMPTY, value, 1, 1, 0);
        }

        @Override
        public void scan(long fromId, long toId, Predicate<StoredRevision> visitor) {
            var _ = visitor.test(revision(fromId));
        }
    }
}
