package io.netsy.bench.jmh;

import io.netsy.replication.codec.Frame;
import io.netsy.replication.codec.FrameBuilder;
import io.netsy.replication.codec.FrameException;
import io.netsy.replication.model.Entry;
import io.netsy.replication.model.LogPosition;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
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

/** The cost of a whole frame of puts of 1 KiB: encoded and sealed, and read back. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class FrameBenchmark {
    private static final long TERM = 1;

    /** Entries in the frame. */
    @Param({"1", "100", "1000"})
    public int entries;

    private final List<Entry> batch = new ArrayList<>();
    private final FrameBuilder builder = new FrameBuilder(TERM, LogPosition.START, 1);
    private ByteBuffer sealed = ByteBuffer.allocate(0);

    /** Made by JMH. */
    public FrameBenchmark() {}

    /** Makes the entries, and a frame of them to read. */
    @Setup
    public void prepare() {
        for (int i = 0; i < entries; i++) {
            batch.add(new Entry.Transaction(i + 2L, List.of(SampleData.put(i, i + 2L))));
        }
        sealed = appendAndSeal().bytes();
    }

    /** Encodes each entry, then sums and closes the frame. */
    @Benchmark
    public Frame appendAndSeal() {
        long revision = 1;
        for (Entry entry : batch) {
            builder.append(entry, ++revision);
        }
        return builder.seal(0);
    }

    /** Checks the sum and decodes each entry. */
    @Benchmark
    public List<Entry> readAndDecode() throws FrameException {
        return Frame.read(sealed.duplicate()).entries();
    }
}
