package io.netsy.etcd.watch;

import com.google.protobuf.ByteString;
import io.grpc.Drainable;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.netsy.etcd.port.CommitListener.Commit;
import io.netsy.etcd.port.Evaluation;
import io.netsy.etcd.proto.rpc.WatchCreateRequest;
import io.netsy.etcd.proto.rpc.WatchRequest;
import io.netsy.etcd.state.KeyRecord;
import io.netsy.etcd.testkit.TestNode;
import io.netsy.etcd.testkit.TestStore;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.Change;
import io.netsy.replication.model.Entry;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * What the watch service costs in CPU time, without a network: run its main. Calls write their messages into nothing,
 * as gRPC would write them into its buffers. Everything runs on one thread, so CPU time is exact on a busy machine too.
 */
final class WatchMeasurement {
    private static final int VALUE_BYTES = 870;
    private static final int ROUNDS = 5;

    private final TestStore store = new TestStore();
    private final List<Commit> commits = new ArrayList<>();
    private final ManualExecutor dispatcher = new ManualExecutor();
    private final Sink sink = new Sink();
    private final WatchHub hub = new WatchHub(
            new WatchPorts(store, store.revisions(), new TestNode(store), WatchAuthorizer.PERMIT_ALL),
            new WatchRuntime(dispatcher, new ManualExecutor(), new ManualTimer(), 0, new SplittableRandom(1)),
            WatchSettings.DEFAULTS);
    private final SplittableRandom random = new SplittableRandom(2);
    private final int keys;

    /** Counts and forgets. */
    private static final class Sink extends OutputStream {
        long bytes;
        long messages;

        @Override
        public void write(int one) {
            bytes++;
        }

        @Override
        public void write(byte[] array, int offset, int length) {
            bytes += length;
        }
    }

    private WatchMeasurement(int keys) {
        this.keys = keys;
        store.addListener(commits::add);
    }

    public static void main(String[] arguments) {
        PrintStream out = System.out;
        new WatchMeasurement(1000).streams(58, 1).report(out, "58 streams on one prefix, commits of 1", 20_000, 1);
        new WatchMeasurement(1000).streams(1000, 1).report(out, "1,000 streams on one prefix, commits of 1", 1_000, 1);
        new WatchMeasurement(1000)
                .streams(1000, 1)
                .report(out, "1,000 streams on one prefix, commits of 10", 1_000, 10);
        new WatchMeasurement(1000).streams(10, 100).report(out, "1,000 watchers of 10 streams on one prefix", 1_000, 1);
        new WatchMeasurement(10_000).singles(100, 10_000).report(out, "10,000 watchers on separate keys", 50_000, 1);
        new WatchMeasurement(10_000).ranges(100, 10_000).report(out, "10,000 watchers on separate ranges", 50_000, 1);
        new WatchMeasurement(10_000).report(out, "no watcher", 50_000, 1);
    }

    private static Bytes key(int number) {
        return Bytes.utf8("/registry/leases/kube-node-lease/%08d".formatted(number));
    }

    private WatchMeasurement streams(int streams, int watchersPerStream) {
        for (int i = 0; i < streams; i++) {
            ServerCall.Listener<WatchRequest> stream = open();
            for (int j = 0; j < watchersPerStream; j++) {
                create(stream, Bytes.utf8("/registry/leases/"), Bytes.utf8("/registry/leases0"));
            }
        }
        return this;
    }

    private WatchMeasurement singles(int streams, int watchers) {
        return separate(streams, watchers, "");
    }

    private WatchMeasurement ranges(int streams, int watchers) {
        return separate(streams, watchers, "/");
    }

    private WatchMeasurement separate(int streams, int watchers, String end) {
        List<ServerCall.Listener<WatchRequest>> open = new ArrayList<>();
        for (int i = 0; i < streams; i++) {
            open.add(open());
        }
        for (int i = 0; i < watchers; i++) {
            create(open.get(i % streams), key(i), end.isEmpty() ? Bytes.EMPTY : Bytes.utf8(key(i) + end));
        }
        return this;
    }

    private ServerCall.Listener<WatchRequest> open() {
        return hub.open(new Call(sink), new Metadata());
    }

    private void create(ServerCall.Listener<WatchRequest> stream, Bytes key, Bytes rangeEnd) {
        stream.onMessage(WatchRequest.newBuilder()
                .setCreateRequest(WatchCreateRequest.newBuilder()
                        .setKey(ByteString.copyFrom(key.array()))
                        .setRangeEnd(ByteString.copyFrom(rangeEnd.array()))
                        .setPrevKv(true))
                .build());
        dispatcher.runAll();
    }

    private void report(PrintStream out, String name, int commitCount, int commitSize) {
        long handOver = 0;
        long dispatching = 0;
        long events = 0;
        for (int round = 0; round < ROUNDS; round++) {
            List<Commit> prepared = prepare(commitCount, commitSize);
            handOver = 0;
            dispatching = 0;
            events = hub.stats().eventsSent();
            sink.messages = 0;
            sink.bytes = 0;
            for (Commit commit : prepared) {
                long begin = cpuNanos();
                hub.onCommitted(commit);
                long between = cpuNanos();
                dispatcher.runAll();
                handOver += between - begin;
                dispatching += cpuNanos() - between;
            }
            events = hub.stats().eventsSent() - events;
        }
        double revisions = (double) commitCount * commitSize;
        out.printf(
                Locale.ROOT,
                "%-45s hand-over %5.2f us/commit, dispatch %8.2f us/revision, %6.3f us/delivered event"
                        + " (%d events in %d messages, %d MB)%n",
                name,
                handOver / 1e3 / commitCount,
                dispatching / 1e3 / revisions,
                events == 0 ? 0 : dispatching / 1e3 / events,
                events,
                sink.messages,
                sink.bytes >> 20);
    }

    private List<Commit> prepare(int commitCount, int commitSize) {
        commits.clear();
        for (int i = 0; i < commitCount; i++) {
            store.holdCommits();
            for (int j = 0; j < commitSize; j++) {
                put(key(random.nextInt(keys)));
            }
            store.releaseCommits();
        }
        return List.copyOf(commits);
    }

    private void put(Bytes key) {
        var _ = store.propose((tip, revisions) -> {
            KeyRecord before = tip.live(key);
            long revision = tip.revision() + 1;
            Change put = new Change.Put(
                    key,
                    Bytes.wrap(new byte[VALUE_BYTES]),
                    before == null ? revision : before.createRevision(),
                    before == null ? 1 : before.version() + 1,
                    0);
            return Evaluation.effect(tip, new Entry.Transaction(revision, List.of(put)), revision);
        });
    }

    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    /** A call whose client takes everything. */
    private static final class Call extends ServerCall<WatchRequest, WatchFrame> {
        private final Sink sink;

        Call(Sink sink) {
            this.sink = sink;
        }

        @Override
        public void request(int messages) {}

        @Override
        public void sendHeaders(Metadata headers) {}

        @Override
        public void sendMessage(WatchFrame message) {
            sink.messages++;
            try {
                ((Drainable) WatchFrame.MARSHALLER.stream(message)).drainTo(sink);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close(Status status, Metadata trailers) {}

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public MethodDescriptor<WatchRequest, WatchFrame> getMethodDescriptor() {
            throw new UnsupportedOperationException("nobody asks for the descriptor");
        }
    }
}
