package io.netsy.bench.workload;

import io.grpc.ManagedChannel;
import io.netsy.bench.clock.NanoClock;
import io.netsy.bench.clock.Pause;
import io.netsy.bench.load.Endpoint;
import io.netsy.bench.load.Extent;
import io.netsy.bench.load.KeySpace;
import io.netsy.bench.load.LoadResult;
import io.netsy.bench.load.Pace;
import io.netsy.bench.load.Series;
import io.netsy.bench.load.Session;
import io.netsy.bench.load.Shape;
import io.netsy.bench.load.Slot;
import io.netsy.bench.load.UnaryWork;
import io.netsy.bench.load.ValueSource;
import io.netsy.bench.load.Work;
import io.netsy.bench.load.Workload;
import io.netsy.bench.stats.ErrorCounts;
import io.netsy.bench.stats.LatencyHistogram;
import io.netsy.etcd.proto.mvcc.Event;
import io.netsy.etcd.proto.rpc.KVGrpc;
import io.netsy.etcd.proto.rpc.PutRequest;
import io.netsy.etcd.proto.rpc.PutResponse;
import io.netsy.etcd.proto.rpc.WatchCreateRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Watchers and the writes that they see.
 *
 * <p>1. All watches are opened and confirmed. 2. Clients put, each to keys of its own. 3. When the last put has ended,
 * late events are waited for. 4. Each watcher must have got each acknowledged write exactly once and in order.
 *
 * <p>Everything that counts runs on the loop's thread, so an event and the acknowledgement of its write are never
 * compared while either is being recorded.
 */
public final class WatchRun implements Workload, WatchStream.Listener {
    private static final Duration LOOK_EVERY = Duration.ofMillis(20);

    private final Session session;
    private final NanoClock clock;
    private final Plan plan;
    private final KeySpace keys;
    private final int keyCount;
    private final int valueBytes;
    private final ValueSource values = new ValueSource();
    private final DeliveryCheck check;
    private final LatencyHistogram sinceAck = new LatencyHistogram();
    private final LatencyHistogram sinceStart = new LatencyHistogram();
    private final ErrorCounts broken = new ErrorCounts();
    private final long firstRevision;
    private long[] ackNanos = new long[1 << 16];
    private long[] startNanos = new long[1 << 16];
    private final long[] underWayNanos;
    private long unanswered;

    /**
     * How the watchers watch.
     *
     * @param watchers how many
     * @param streams gRPC streams that they share
     * @param separateKeys each watches one key, else all watch the prefix
     * @param drain how long to wait for late events
     * @param servers at which they watch; at all that there are, when none is named
     */
    public record Plan(int watchers, int streams, boolean separateKeys, Duration drain, Set<Endpoint> servers) {
        /** At all servers. */
        public Plan(int watchers, int streams, boolean separateKeys, Duration drain) {
            this(watchers, streams, separateKeys, drain, Set.of());
        }

        public Plan {
            servers = Set.copyOf(servers);
            if (watchers < 1 || streams < 1) {
                throw new IllegalArgumentException("%d watchers on %d streams".formatted(watchers, streams));
            }
        }
    }

    /** @param runId under the shape's prefix, used by no other run on this server */
    public WatchRun(Session session, NanoClock clock, Plan plan, Shape shape, String runId) throws IOException {
        this.session = session;
        this.clock = clock;
        this.plan = plan;
        this.keys = shape.ownedBy(runId);
        this.keyCount = (int) shape.keys();
        this.valueBytes = shape.valueBytes();
        this.firstRevision = session.revision() + 1;
        this.underWayNanos = new long[keyCount];
        this.check = new DeliveryCheck(plan.watchers(), plan.separateKeys() ? keyCount : 1, firstRevision);
    }

    /** Runs it all; the events are in the result as series of their own. */
    public LoadResult run(Pace pace, Extent extent) throws IOException, InterruptedException {
        if (keyCount < pace.clients()) {
            throw new IllegalArgumentException(
                    "%d clients need at least as many keys, not %d".formatted(pace.clients(), keyCount));
        }
        List<WatchStream> streams = openAll();
        LoadResult writes = session.loop(pace, this).run(extent);
        awaitLateEvents();
        return onLoop(() -> {
            streams.forEach(WatchStream::close);
            Map<Series, LatencyHistogram> all = new EnumMap<>(writes.latencies());
            all.put(Series.EVENT_SINCE_ACK, sinceAck);
            all.put(Series.EVENT_SINCE_START, sinceStart);
            ErrorCounts errors = new ErrorCounts();
            errors.addAll(writes.errors());
            errors.addAll(broken);
            errors.addAll(check.verdict(unanswered));
            return new LoadResult(writes.elapsedNanos(), all, errors, writes.toolCpuNanos());
        });
    }

    private List<WatchStream> openAll() throws IOException, InterruptedException {
        CountDownLatch opened = new CountDownLatch(plan.watchers());
        List<ManagedChannel> channels = session.connections().channelsTo(plan.servers());
        List<WatchStream> streams = onLoop(() -> {
            List<WatchStream> all = new ArrayList<>();
            for (int i = 0; i < Math.min(plan.streams(), plan.watchers()); i++) {
                all.add(new WatchStream(channels.get(i % channels.size()), this, opened));
            }
            for (int watcher = 0; watcher < plan.watchers(); watcher++) {
                all.get(watcher % all.size()).watch(watcher, request(watcher));
            }
            return all;
        });
        if (!opened.await(30, TimeUnit.SECONDS)) {
            throw new IOException(
                    "%d of %d watches were not confirmed within 30 s".formatted(opened.getCount(), plan.watchers()));
        }
        return streams;
    }

    private WatchCreateRequest request(int watcher) {
        WatchCreateRequest.Builder request = WatchCreateRequest.newBuilder();
        if (plan.separateKeys()) {
            return request.setKey(keys.key(watcher % keyCount)).build();
        }
        return request.setKey(keys.start()).setRangeEnd(keys.end()).build();
    }

    private void awaitLateEvents() throws InterruptedException {
        long end = clock.nanos() + plan.drain().toNanos();
        while (clock.nanos() < end && !onLoop(check::isComplete)) {
            Pause.of(LOOK_EVERY);
        }
    }

    private <T> T onLoop(Callable<T> step) throws InterruptedException {
        try {
            return session.connections().loop().submit(step).get();
        } catch (ExecutionException failure) {
            throw new IllegalStateException("the watch benchmark failed", failure.getCause());
        }
    }

    @Override
    public Work workOf(Slot slot) {
        return new WatchedPut(slot);
    }

    @Override
    public void handleEvent(int watcher, Event event) {
        long now = clock.nanos();
        long revision = event.getKv().getModRevision();
        if (event.getType() != Event.EventType.PUT || event.getKv().getValue().size() != valueBytes) {
            broken.add("EventWrong", 1);
        }
        check.deliver(watcher, revision);
        int at = (int) (revision - firstRevision);
        if (at < ackNanos.length && ackNanos[at] != 0) {
            sinceAck.record(now - ackNanos[at]);
            sinceStart.record(now - startNanos[at]);
        } else {
            sinceAck.record(0);
            sinceStart.record(
                    now - underWayNanos[(int) keys.numberOf(event.getKv().getKey())]);
        }
    }

    @Override
    public void handleEnd(String reason) {
        broken.add("WatchEnded", 1);
    }

    private void acknowledge(int key, long revision, long begunNanos) {
        int at = Math.toIntExact(revision - firstRevision);
        if (at >= ackNanos.length) {
            int length = Math.max(at + 1, 2 * ackNanos.length);
            ackNanos = Arrays.copyOf(ackNanos, length);
            startNanos = Arrays.copyOf(startNanos, length);
        }
        ackNanos[at] = clock.nanos();
        startNanos[at] = begunNanos;
        check.acknowledge(plan.separateKeys() ? key : 0, revision);
    }

    private final class WatchedPut extends UnaryWork<PutRequest, PutResponse> {
        private final KVGrpc.KVStub stub;
        private final OwnKeys own;
        private int key;

        WatchedPut(Slot slot) {
            super(slot);
            stub = KVGrpc.newStub(slot.channel());
            own = new OwnKeys(slot, keyCount);
        }

        @Override
        public void start() {
            key = own.pick();
            underWayNanos[key] = slot().startedNanos();
            stub.put(
                    PutRequest.newBuilder()
                            .setKey(keys.key(key))
                            .setValue(values.next(valueBytes))
                            .build(),
                    this);
        }

        @Override
        protected void handleUnknownOutcome() {
            unanswered++;
        }

        @Override
        protected void handleAnswer(PutResponse received) {
            acknowledge(key, received.getHeader().getRevision(), slot().startedNanos());
            slot().succeed(Series.PUT);
        }
    }
}
