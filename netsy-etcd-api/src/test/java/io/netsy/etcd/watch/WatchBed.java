package io.netsy.etcd.watch;

import io.grpc.Channel;
import io.grpc.Metadata;
import io.netsy.etcd.port.Evaluation;
import io.netsy.etcd.port.RevisionStore;
import io.netsy.etcd.state.KeyRecord;
import io.netsy.etcd.state.StoreState;
import io.netsy.etcd.testkit.InProcessServer;
import io.netsy.etcd.testkit.TestNode;
import io.netsy.etcd.testkit.TestStore;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.Change;
import io.netsy.replication.model.Entry;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/**
 * The watch service over a store in memory and behind a real gRPC channel, on one thread: everything that can happen has
 * happened when a call returns, except what a test holds back.
 */
final class WatchBed implements AutoCloseable {
    final TestStore store = new TestStore();
    final ManualExecutor dispatcher = new ManualExecutor().immediate();
    final ManualExecutor blocking = new ManualExecutor().immediate();
    final ManualTimer timer = new ManualTimer();
    final WatchHub hub;

    /** Whom the service lets watch; a test may change its mind. */
    volatile WatchAuthorizer.Judge authorizer = (key, rangeEnd) -> {};

    /** Whether the hub is told of commits. */
    volatile boolean announcing = true;

    private final InProcessServer server;

    WatchBed() {
        this(WatchSettings.DEFAULTS);
    }

    WatchBed(WatchSettings settings) {
        this(settings, revisions -> revisions);
    }

    /** A bed whose service sees the store's revisions as {@code view} shows them. */
    WatchBed(WatchSettings settings, UnaryOperator<RevisionStore> view) {
        this(settings, view, 0);
    }

    WatchBed(WatchSettings settings, UnaryOperator<RevisionStore> view, int stepsWhileCommitting) {
        WatchPorts ports = new WatchPorts(
                store,
                view.apply(store.revisions()),
                new TestNode(store),
                () -> (key, rangeEnd) -> authorizer.authorize(key, rangeEnd));
        WatchRuntime runtime =
                new WatchRuntime(dispatcher, blocking, timer, stepsWhileCommitting, new SplittableRandom(1));
        hub = new WatchHub(ports, runtime, settings);
        store.addListener(commit -> {
            if (announcing) {
                hub.onCommitted(commit);
            }
        });
        server = new InProcessServer(new WatchService(hub));
    }

    /** A bed whose committing thread delivers a commit itself up to so many events and deliveries. */
    static WatchBed deliveringUpTo(int steps) {
        return new WatchBed(WatchSettings.DEFAULTS, revisions -> revisions, steps);
    }

    /** Settings of a service that keeps no revision in memory: whoever is behind reads from the store. */
    static WatchSettings withoutMemory() {
        WatchSettings defaults = WatchSettings.DEFAULTS;
        return new WatchSettings(
                defaults.progressInterval(),
                defaults.fragmentBytes(),
                defaults.outbound(),
                defaults.replay(),
                new WatchSettings.Memory(1, 1, 16_384, 1 << 24));
    }

    /** Settings of a service that holds so many messages at most for each stream. */
    static WatchSettings withQueueOf(int messages) {
        WatchSettings defaults = WatchSettings.DEFAULTS;
        return new WatchSettings(
                defaults.progressInterval(),
                defaults.fragmentBytes(),
                new WatchSettings.Outbound(messages, 1 << 20, 1 << 26),
                defaults.replay(),
                defaults.memory());
    }

    static WatchSettings withProgressEvery(Duration interval) {
        WatchSettings defaults = WatchSettings.DEFAULTS;
        return new WatchSettings(
                interval, defaults.fragmentBytes(), defaults.outbound(), defaults.replay(), defaults.memory());
    }

    Channel channel() {
        return server.channel();
    }

    WatchClient open() {
        return WatchClient.open(channel());
    }

    WatchClient openWithLeader() {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER), "true");
        return WatchClient.open(channel(), headers);
    }

    /** A client that reads nothing until it is told to. */
    WatchClient openSlow() {
        return WatchClient.slow(channel());
    }

    long revision() {
        return store.committed().state().revision();
    }

    /** One change of a key that a test asks for. */
    sealed interface Op {
        String key();

        record Put(String key, Bytes value) implements Op {}

        record Delete(String key) implements Op {}
    }

    static Op put(String key, String value) {
        return new Op.Put(key, Bytes.utf8(value));
    }

    static Op delete(String key) {
        return new Op.Delete(key);
    }

    /** Commits changes in one revision, and answers which. */
    long commit(Op... ops) {
        return begin(ops).join();
    }

    /** Has changes sequenced in one revision, for a test that holds commits back. */
    CompletableFuture<Long> begin(Op... ops) {
        return store.propose((tip, revisions) -> {
            long revision = tip.revision() + 1;
            List<Change> changes =
                    Arrays.stream(ops).map(op -> change(tip, op, revision)).toList();
            return Evaluation.effect(tip, new Entry.Transaction(revision, changes), revision);
        });
    }

    long commitPut(String key, String value) {
        return commit(put(key, value));
    }

    private static Change change(StoreState tip, Op op, long revision) {
        return switch (op) {
            case Op.Put put -> {
                KeyRecord before = tip.live(Bytes.utf8(put.key));
                yield before == null
                        ? new Change.Put(Bytes.utf8(put.key), put.value, revision, 1, 0)
                        : new Change.Put(
                                before.key(),
                                put.value,
                                before.createRevision(),
                                before.version() + 1,
                                before.leaseId());
            }
            case Op.Delete delete -> new Change.Delete(Bytes.utf8(delete.key));
        };
    }

    /** Makes everything below the revision unreadable, and forgets it. */
    void compact(long revision) {
        compactLogically(revision);
        store.purge();
    }

    /** Makes everything below the revision unreadable. */
    void compactLogically(long revision) {
        store.propose((tip, revisions) -> Evaluation.effect(tip, new Entry.Compaction(revision), revision))
                .join();
    }

    @Override
    public void close() {
        server.close();
    }
}
