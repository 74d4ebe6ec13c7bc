package io.netsy.node.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.netsy.node.objectstore.RequestPrices;
import io.netsy.node.objectstore.StoreListener;
import io.netsy.node.objectstore.StoreRequest;
import io.netsy.node.objectstore.StoreRequest.Kind;
import io.netsy.node.objectstore.StoreRequest.Outcome;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What requests to the store add up to, by kind and outcome, with their time, bytes and price. Safe for any thread. */
final class StoreMeters implements StoreListener {
    private static final Duration[] BOUNDS = {
        Duration.ofMillis(1),
        Duration.ofMillis(2),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(20),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(200),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofSeconds(2),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10)
    };

    private final Map<Kind, Requests> requests = new EnumMap<>(Kind.class);

    /** Those of one kind. */
    private static final class Requests {
        final Map<Outcome, LongAdder> counts = new EnumMap<>(Outcome.class);
        final LongAdder sentBytes = new LongAdder();
        final LongAdder receivedBytes = new LongAdder();
        final Timer timer;

        Requests(Kind kind, MeterRegistry registry) {
            for (Outcome outcome : Outcome.values()) {
                LongAdder count = new LongAdder();
                counts.put(outcome, count);
                FunctionCounter.builder("netsy_object_store_requests", count, LongAdder::sum)
                        .description("Requests to the object store.")
                        .tag("kind", word(kind))
                        .tag("outcome", word(outcome))
                        .register(registry);
            }
            timer = Timer.builder("netsy_object_store_request_duration_seconds")
                    .description("Time of requests to the object store.")
                    .tag("kind", word(kind))
                    .serviceLevelObjectives(BOUNDS)
                    .register(registry);
            bytes("netsy_object_store_sent_bytes", "Bytes of bodies sent to the object store.", kind, sentBytes)
                    .register(registry);
            bytes(
                            "netsy_object_store_received_bytes",
                            "Bytes of bodies received from the object store.",
                            kind,
                            receivedBytes)
                    .register(registry);
        }

        private static FunctionCounter.Builder<LongAdder> bytes(String name, String help, Kind kind, LongAdder bytes) {
            return FunctionCounter.builder(name, bytes, LongAdder::sum)
                    .description(help)
                    .tag("kind", word(kind));
        }

        long count() {
            return counts.values().stream().mapToLong(LongAdder::sum).sum();
        }
    }

    StoreMeters(MeterRegistry registry) {
        for (Kind kind : Kind.values()) {
            requests.put(kind, new Requests(kind, registry));
        }
        RequestPrices prices = RequestPrices.s3Standard();
        FunctionCounter.builder("netsy_object_store_request_price_usd", this, meters -> prices.usd(meters.counts()))
                .description("What the requests cost at S3 Standard's prices.")
                .register(registry);
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private Map<Kind, Long> counts() {
        Map<Kind, Long> counts = new EnumMap<>(Kind.class);
        requests.forEach((kind, ofKind) -> counts.put(kind, ofKind.count()));
        return counts;
    }

    @Override
    public void requestEnded(StoreRequest request) {
        Requests ofKind = requests.get(request.kind());
        if (ofKind == null) {
            return;
        }
        LongAdder count = ofKind.counts.get(request.outcome());
        if (count != null) {
            count.increment();
        }
        ofKind.sentBytes.add(request.sentBytes());
        ofKind.receivedBytes.add(request.receivedBytes());
        ofKind.timer.record(request.latency());
    }
}
