package io.netsy.node.standby;

import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.port.CommitListener;
import io.netsy.etcd.port.CommittedState;
import io.netsy.etcd.port.Proposal;
import io.netsy.etcd.port.Proposer;
import io.netsy.etcd.port.StateSource;
import io.netsy.node.clock.NodeClock;
import io.netsy.node.primary.AppliedLog;
import io.netsy.node.writeahead.LogWriter;
import io.netsy.replication.core.Holdings;
import io.netsy.replication.core.PeerMessage;
import io.netsy.replication.core.PeerMessage.FromPrimary;
import io.netsy.replication.core.PeerMessage.Hello;
import io.netsy.replication.core.PeerMessage.Identity;
import io.netsy.replication.core.StandbyCore;
import io.netsy.replication.core.StandbyEffect;
import io.netsy.replication.core.StandbyEvent;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.LogPosition;
import io.netsy.replication.wire.PeerClient;
import io.netsy.replication.wire.PeerStream;
import io.netsy.replication.wire.PrimaryListener;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node that follows the primary. The {@link StandbyCore} and the stream, which is opened again whenever it ends, belong to whoever
 * has the turn ({@link SerialExecutor}): the event loop that hears the primary, the thread that flushed, a read that asks. A thread of the
 * {@link Applier} owns the state, so that applying never holds up the next flush.
 *
 * <p>What arrives is bounded by the primary's window, so the queue of events is too.
 */
public final class Standby implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Standby.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LOOK_EVERY = Duration.ofMillis(50);

    private final Setup setup;
    private final StandbyCore core;
    private final StandbyReads reads;
    private final Applier applier;
    private final SerialExecutor turns = new SerialExecutor();
    private final CompletableFuture<Void> serving = new CompletableFuture<>();
    private final Thread thread;
    private @Nullable PeerStream connection;
    private long stream;
    private boolean open;
    private long nextTryNanos;
    private Duration pause = FIRST_PAUSE;
    private volatile boolean closing;

    /**
     * What a standby works with.
     *
     * @param holdings what is on this node's disk, and where the state ends
     * @param recovered the state there
     * @param log applied to, and read from
     * @param writer of the write-ahead file
     * @param primary where the primary is
     * @param promise makes durable that streams of lower terms are refused
     * @param rebuild has this node built anew from the bucket; told once
     * @param following is told whether there is a stream to the primary
     * @param patience how long a linearizable read waits
     */
    public record Setup(
            Identity identity,
            Holdings holdings,
            CommittedState recovered,
            AppliedLog log,
            LogWriter writer,
            List<CommitListener> listeners,
            NodeClock clock,
            PeerClient client,
            Address primary,
            LongConsumer promise,
            Consumer<StandbyEffect.RebuildFromBucket> rebuild,
            Consumer<Boolean> following,
            Duration patience) {
        public Setup {
            listeners = List.copyOf(listeners);
        }
    }

    /** Where a node can be reached. */
    public record Address(String host, int port) {
        @Override
        public String toString() {
            return host + ":" + port;
        }
    }

    private Standby(Setup setup) {
        this.setup = setup;
        this.core = new StandbyCore(setup.identity(), setup.holdings());
        this.reads = new StandbyReads(
                setup.clock(),
                setup.recovered(),
                () -> take(this::maybeAsk),
                question -> step(new StandbyEvent.ReadWaiting(question)));
        this.applier = new Applier(setup.log(), setup.listeners(), setup.recovered(), reads::publish, this::fail);
        this.thread = Thread.ofPlatform().name("netsy-standby").daemon().unstarted(this::run);
    }

    /** Begins to follow. */
    public static Standby follow(Setup setup) {
        Standby standby = new Standby(setup);
        standby.thread.start();
        return standby;
    }

    private void maybeAsk() {
        reads.maybeAsk();
    }

    public StateSource states() {
        return reads;
    }

    /** Nothing is decided here: whoever gets this far was not forwarded. */
    public Proposer proposer() {
        return new Proposer() {
            @Override
            public <R> CompletableFuture<R> propose(Proposal<R> proposal) {
                return CompletableFuture.failedFuture(EtcdError.NO_LEADER.exception());
            }
        };
    }

    /** Completes when a primary has taken this standby in for the first time. */
    public CompletableFuture<Void> serving() {
        return serving;
    }

    /** Has the given keys forget what a compaction made unreadable, on the thread that owns the state. */
    public CompletableFuture<long[]> prune(long compactRevision, List<Bytes> keys) {
        return applier.prune(compactRevision, keys);
    }

    /** Opens the stream when it is time, and gives up on reads that nobody answered. */
    private void run() {
        while (!closing) {
            take(this::maybeConnect);
            take(() -> reads.giveUpOn(nowNanos() - setup.patience().toNanos()));
            LockSupport.parkNanos(LOOK_EVERY.toNanos());
        }
        turns.take(this::leave);
    }

    /** Has the next turn, unless this standby follows no more. */
    private void take(Runnable task) {
        turns.take(() -> {
            try {
                if (!closing) {
                    task.run();
                }
            } catch (RuntimeException e) {
                fail(e);
            }
        });
    }

    private void leave() {
        reads.lost();
        PeerStream current = connection;
        if (current != null) {
            current.close("the node stops");
        }
    }

    private void fail(RuntimeException e) {
        LOG.error("the standby failed, it is built anew: {}", e.toString(), e);
        closing = true;
        setup.rebuild().accept(new StandbyEffect.RebuildFromBucket("the standby failed: " + e, true));
    }

    private long nowNanos() {
        return setup.clock().now().bootNanos();
    }

    private void maybeConnect() {
        if (!open && nowNanos() - nextTryNanos >= 0) {
            open = true;
            step(new StandbyEvent.StreamOpened(++stream));
        }
    }

    private void post(StandbyEvent event) {
        take(() -> step(event));
    }

    private void step(StandbyEvent event) {
        for (StandbyEffect effect : core.step(event)) {
            perform(effect);
        }
        reads.heard(core.heardCommitted());
    }

    private void perform(StandbyEffect effect) {
        switch (effect) {
            case StandbyEffect.ToPrimary to when to.message() instanceof Hello hello -> connect(to.stream(), hello);
            case StandbyEffect.ToPrimary to -> say(to.stream(), to.message());
            case StandbyEffect.AppendFrame append -> setup.writer().append(append.frame());
            case StandbyEffect.Flush flush ->
                setup.writer().flush(position -> post(new StandbyEvent.FlushEnded(flush.cut(), position)));
            case StandbyEffect.Truncate truncate -> {
                LOG.info("what follows {} is not in the primary's history and goes", truncate.after());
                setup.writer().truncate(truncate.after());
            }
            case StandbyEffect.PromiseTerm promise -> setup.promise().accept(promise.term());
            case StandbyEffect.AnswerFence answer ->
                throw new IllegalStateException("nobody asked this node for a fence: " + answer);
            case StandbyEffect.Apply apply ->
                applier.apply(apply.frames(), Math.max(core.term(), 1), position -> take(() -> applied(position)));
            case StandbyEffect.MayForget forget -> setup.writer().mayForget(forget.storedIndex());
            case StandbyEffect.Began began -> handleBegan(began);
            case StandbyEffect.AnswerIndex answer -> reads.handleAnswer(answer.question(), answer.index());
            case StandbyEffect.CloseStream close -> closeStream(close);
            case StandbyEffect.RebuildFromBucket rebuild -> {
                LOG.warn(
                        "this node is built anew from the bucket{}: {}",
                        rebuild.losesVote() ? ", as a new disk" : "",
                        rebuild.reason());
                closing = true;
                setup.rebuild().accept(rebuild);
            }
        }
    }

    private void connect(long number, Hello hello) {
        Address address = setup.primary();
        connection = setup.client().connect(address.host(), address.port(), hello, new PrimaryListener() {
            @Override
            public void onMessage(PeerStream from, FromPrimary message) {
                post(new StandbyEvent.PrimarySaid(number, message));
            }

            @Override
            public void onClosed(String reason) {
                take(() -> handleClosed(number));
            }
        });
    }

    private void say(long number, PeerMessage message) {
        PeerStream current = connection;
        if (current != null && number == stream) {
            current.send(message);
        }
    }

    private void closeStream(StandbyEffect.CloseStream close) {
        PeerStream current = connection;
        if (current != null && close.stream() == stream) {
            current.close(close.reason());
        }
    }

    private void handleBegan(StandbyEffect.Began began) {
        LOG.info(
                "following the primary at {} term={} process={} from=\"{}\"",
                setup.primary(),
                began.term(),
                began.process(),
                core.end());
        pause = FIRST_PAUSE;
        reads.began();
        setup.following().accept(true);
        serving.complete(null);
    }

    /** The wire says why, once for each new reason. */
    private void handleClosed(long number) {
        if (number != stream) {
            return;
        }
        step(new StandbyEvent.StreamClosed(number));
        reads.lost();
        setup.following().accept(false);
        connection = null;
        open = false;
        nextTryNanos = nowNanos() + pause.toNanos();
        pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
    }

    private void applied(LogPosition position) {
        reads.completeApplied();
        step(new StandbyEvent.AppliedUpTo(position));
    }

    /** Follows no more; what was received stays on the disk. */
    @Override
    public void close() {
        closing = true;
        serving.completeExceptionally(EtcdError.NO_LEADER.exception());
        LockSupport.unpark(thread);
        try {
            thread.join(LONGEST_PAUSE.multipliedBy(5));
            applier.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
