package io.netsy.node.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusNamingConvention;
import io.netsy.node.objectstore.StoreListener;
import io.netsy.node.primary.CommitStages;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * netsy's own meters and what they are fed with. Meters that are fed on hot paths are looked up once, here. Safe for any
 * thread.
 */
public final class NodeMetrics implements AutoCloseable {
    private static final double NANOS_PER_SECOND = 1e9;

    /** Leaves our names as they are written; Micrometer's own, which have dots, become what Prometheus users know. */
    private static final PrometheusNamingConvention NAMES = new PrometheusNamingConvention() {
        @Override
        public String name(String name, Meter.Type type, @Nullable String baseUnit) {
            return name.indexOf('.') < 0 ? name : super.name(name, type, baseUnit);
        }
    };

    private static final int CHUNK_REPLAY_BYTES = 64 << 10;

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final LongAdder loggedBytes = new LongAdder();
    private final LongAdder replayBytes = new LongAdder();
    private final AtomicInteger queued = new AtomicInteger();
    private final AtomicLong recoveryNanos = new AtomicLong();
    private final AtomicLong startNanos = new AtomicLong();
    private final JvmGcMetrics gc = new JvmGcMetrics();
    private final StoreMeters store;
    private final CommitStages stages;

    public NodeMetrics() {
        registry.config().namingConvention(NAMES);
        this.stages = new MeteredStages();
        this.store = new StoreMeters(registry);
        gauge("netsy_proposals_queued", "Writes that wait to be evaluated.", queued, AtomicInteger::get);
        total("netsy_log_bytes", "Bytes of frames that were sent to the log.", loggedBytes, LongAdder::sum);
        gauge(
                "netsy_recovery_duration_seconds",
                "How long it took at the start to bring the replica to the end of the log.",
                recoveryNanos,
                nanos -> nanos.get() / NANOS_PER_SECOND);
        gauge(
                "netsy_start_duration_seconds",
                "How long the node took from opening its store to serving clients.",
                startNanos,
                nanos -> nanos.get() / NANOS_PER_SECOND);
    }

    /** Shows a value that is read when somebody asks. */
    public <T> void gauge(String name, String help, T subject, ToDoubleFunction<T> value) {
        Gauge.builder(name, subject, value)
                .description(help)
                .strongReference(true)
                .register(registry);
    }

    /** Shows a total that is read when somebody asks; its name is given without the ending "_total". */
    public <T> void total(String name, String help, T subject, ToDoubleFunction<T> value) {
        FunctionCounter.builder(name, subject, value).description(help).register(registry);
    }

    /** Shows the virtual machine under Micrometer's usual names. Takes a moment: not to be done before clients are served. */
    public void showVirtualMachine() {
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        gc.bindTo(registry);
    }

    /** The replica was brought to the end of the log. */
    public void recovered(Duration took) {
        recoveryNanos.set(took.toNanos());
    }

    /** Clients are served. */
    public void started(Duration took) {
        startNanos.set(took.toNanos());
    }

    /** Counts requests to the store. */
    public StoreListener storeListener() {
        return store;
    }

    /** Is told of the stages of commits. */
    public CommitStages stages() {
        return stages;
    }

    /**
     * What a recovery would have to replay of what was put into the log since the process started, in bytes. A small chunk
     * counts 64 KiB: asking for it takes as long as reading so much of a snapshot.
     */
    public long replayBytes() {
        return replayBytes.sum();
    }

    /** Bytes put into the log since the process started. */
    public long loggedBytes() {
        return loggedBytes.sum();
    }

    /** All meters in Prometheus' text format. */
    public String text() {
        return registry.scrape();
    }

    @Override
    public void close() {
        gc.close();
        registry.close();
    }

    /** Times each stage of a commit. */
    private final class MeteredStages implements CommitStages {
        private final Timer gather = stage("gather");
        private final Timer store = stage("store");
        private final Timer answer = stage("answer");
        private final Counter entries = Counter.builder("netsy_commit_entries")
                .description("Entries that were committed.")
                .register(registry);
        private final Counter batches = Counter.builder("netsy_commit_batches")
                .description("Batches that were committed, each one chunk.")
                .register(registry);

        private Timer stage(String name) {
            return Timer.builder("netsy_commit_stage_duration_seconds")
                    .description("How long a batch spends in each stage of its commit.")
                    .tag("stage", name)
                    .serviceLevelObjectives(
                            Duration.ofMillis(1),
                            Duration.ofMillis(2),
                            Duration.ofMillis(5),
                            Duration.ofMillis(10),
                            Duration.ofMillis(20),
                            Duration.ofMillis(50),
                            Duration.ofMillis(100),
                            Duration.ofMillis(250),
                            Duration.ofSeconds(1),
                            Duration.ofSeconds(5))
                    .register(registry);
        }

        @Override
        public void sealed(int entryCount, int sizeBytes, long gatheredNanos) {
            loggedBytes.add(sizeBytes);
            replayBytes.add(Math.max(sizeBytes, CHUNK_REPLAY_BYTES));
            gather.record(gatheredNanos, TimeUnit.NANOSECONDS);
        }

        @Override
        public void committed(int entryCount, long storedNanos, long answeredNanos) {
            entries.increment(entryCount);
            batches.increment();
            store.record(storedNanos, TimeUnit.NANOSECONDS);
            answer.record(answeredNanos, TimeUnit.NANOSECONDS);
        }

        @Override
        public void queued(int proposals) {
            queued.set(proposals);
        }
    }
}
