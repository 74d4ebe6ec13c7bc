package io.netsy.node.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.config.NamingConvention;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netsy.node.objectstore.RequestPrices;
import io.netsy.node.objectstore.RequestTally;
import io.netsy.node.objectstore.StoreListener;
import io.netsy.node.objectstore.StoreRequest;
import io.netsy.node.primary.CommitStages;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The node's meters and what they are fed with. Meters that are fed on hot paths are looked up once, here. Safe for any
 * thread.
 */
public final class NodeMetrics {
    private static final NamingConvention AS_WRITTEN = new NamingConvention() {
        @Override
        public String name(String name, Meter.Type type, @Nullable String baseUnit) {
            return name;
        }
    };

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final RequestTally requests = new RequestTally();
    private final LongAdder loggedBytes = new LongAdder();
    private final AtomicInteger queued = new AtomicInteger();
    private final CommitStages stages;

    public NodeMetrics() {
        registry.config().namingConvention(AS_WRITTEN);
        this.stages = new MeteredStages();
        for (StoreRequest.Kind kind : StoreRequest.Kind.values()) {
            count(
                    "netsy_object_store_requests",
                    "Requests to the object store.",
                    List.of(Tag.of("kind", kind.name().toLowerCase(Locale.ROOT))),
                    tally -> tally.counts().getOrDefault(kind, 0L));
        }
        count(
                "netsy_object_store_request_price_usd",
                "What the requests cost at S3 Standard's prices.",
                List.of(),
                tally -> RequestPrices.s3Standard().usd(tally.counts()));
        gauge("netsy_proposals_queued", "Writes that wait to be evaluated.", queued, AtomicInteger::get);
        FunctionCounter.builder("netsy_log_bytes", loggedBytes, LongAdder::sum)
                .description("Bytes of frames that were sent to the log.")
                .register(registry);
    }

    private void count(String name, String help, List<Tag> tags, ToDoubleFunction<RequestTally> value) {
        FunctionCounter.builder(name, requests, value)
                .description(help)
                .tags(tags)
                .register(registry);
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

    /** A gauge that is always 1 and carries a label, as etcd shows versions. */
    public void label(String name, String help, String labelName, String labelValue) {
        Gauge.builder(name, () -> 1)
                .description(help)
                .tag(labelName, labelValue)
                .strongReference(true)
                .register(registry);
    }

    /** Counts requests to the store. */
    public StoreListener storeListener() {
        return requests;
    }

    /** Is told of the stages of commits. */
    public CommitStages stages() {
        return stages;
    }

    /** Bytes put into the log since the process started. */
    public long loggedBytes() {
        return loggedBytes.sum();
    }

    /** All meters in Prometheus' text format. */
    public String text() {
        return registry.scrape();
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
