package io.netsy.bench.jmh;

import io.netsy.etcd.state.KeyRecord;
import io.netsy.etcd.state.SortedTree;
import io.netsy.etcd.state.StoreState;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.RevisionId;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.infra.Blackhole;

/** The key index: an immutable tree with a new root for each write. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class KeyTreeBenchmark {
    private static final int PAGE = 500;

    /** Keys in the tree. */
    @Param({"1000", "100000"})
    public int keys;

    private final SplittableRandom random = new SplittableRandom(1);
    private SortedTree<Bytes, KeyRecord> tree = SortedTree.empty(StoreState.KEY_ORDER);
    private Bytes[] names = new Bytes[0];
    private KeyRecord[] replacements = new KeyRecord[0];

    /** Made by JMH. */
    public KeyTreeBenchmark() {}

    /** Fills the tree. */
    @Setup
    public void prepare() {
        tree = SampleData.storeOf(keys).keys();
        names = new Bytes[keys];
        replacements = new KeyRecord[keys];
        for (int i = 0; i < keys; i++) {
            names[i] = SampleData.key(i);
            replacements[i] = KeyRecord.of(names[i], new KeyRecord.Fields(RevisionId.pack(keys + 2L, 0), 2, 2, 0));
        }
    }

    /** Finds one key. */
    @Benchmark
    public @Nullable KeyRecord get() {
        return tree.get(names[random.nextInt(keys)]);
    }

    /** Replaces one key. */
    @Benchmark
    public SortedTree<Bytes, KeyRecord> put() {
        return tree.put(replacements[random.nextInt(keys)]);
    }

    /** Visits a page of keys from a random one on. */
    @Benchmark
    public void visitPage(Blackhole sink) {
        int[] visited = new int[1];
        tree.visit(names[random.nextInt(keys)], null, element -> {
            sink.consume(element);
            return ++visited[0] < PAGE;
        });
    }

    /** Counts the keys from a random one on. */
    @Benchmark
    public long count() {
        return tree.weightBetween(names[random.nextInt(keys)], null);
    }
}
