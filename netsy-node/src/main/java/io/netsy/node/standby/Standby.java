package io.netsy.node.standby;

import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.port.CommitListener;
import io.netsy.etcd.port.Proposal;
import io.netsy.etcd.port.Proposer;
import io.netsy.etcd.port.StateSource;
import io.netsy.node.clock.NodeClock;
import io.netsy.node.primary.AppliedLog;
import io.netsy.node.primary.PrimaryTerm.Tip;
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
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
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
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration LOOK_EVERY = Duration.ofMillis(50);

    private final Setup setup;
    private final StandbyCore core;
    private final StandbyReads reads;
    private final Applier applier;
    private final SerialExecutor turns = new SerialExecutor();
    private final CompletableFuture<Void> serving = new CompletableFuture<>();
    private final CompletableFuture<Void> left = new CompletableFuture<>();
    private final Thread thread;
    private @Nullable Target target;
    private @Nullable PeerStream connection;
    private long stream;
    private boolean open;
    private long nextTryNanos;
    private Duration pause = FIRST_PAUSE;
    private volatile boolean closing;
    private volatile Sight sight;

    /**
     * What a standby works with.
     *
     * @param holdings what is on this node's disk, and where the state ends
     * @param applied the end of what is applied, and the state there
     * @param log applied to, and read from
     * @param writer of the write-ahead file
     * @param primary whom it follows at first; null is nobody
     * @param owner whose standby it is
     * @param patience how long a linearizable read waits
     */
    public record Setup(
            Identity identity,
            Holdings holdings,
            Tip applied,
            AppliedLog log,
            LogWriter writer,
            List<CommitListener> listeners,
            NodeClock clock,
            PeerClient client,
            @Nullable Target primary,
            Owner owner,
            Duration patience) {
        public Setup {
            listeners = List.copyOf(listeners);
        }
    }

    /** Whom to follow, and where that node can be reached. */
    public record Target(String node, String host, int port) {
        @Override
        public String toString() {
            return "%s at %s:%d".formatted(node, host, port);
        }
    }

    /** Whose standby it is. Called by who has the standby's turn. */
    public interface Owner {
        /** Makes durable that streams of lower terms are refused. */
        void promise(long term);

        /** A fence is answered: the promise is durable, and nothing older is confirmed any more. */
        void fenced(long ask, long term, LogPosition flushed);

        /** There is a stream to this node's term from now on; null for none. */
        void following(@Nullable String primary);

        /** Has this node built anew from the bucket; told once. */
        void rebuild(StandbyEffect.RebuildFromBucket order);
    }

    /** What the others may know of it: whether a primary streams, in which term, and when it said something last. */
    public record Sight(boolean following, long term, long heardNanos) {}

    private Standby(Setup setup) {
        this.setup = setup;
        this.core = new StandbyCore(setup.identity(), setup.holdings());
        this.reads = new StandbyReads(
                setup.clock(),
                FrameApplier.stateOf(setup.applied()),
                () -> take(this::maybeAsk),
                question -> step(new StandbyEvent.ReadWaiting(question)));
        this.applier = new Applier(
                new FrameApplier(setup.log(), setup.listeners(), setup.applied(), reads::publish), this::fail);
        this.target = setup.primary();
        this.sight = new Sight(false, setup.holdings().term(), 0);
        this.thread = Thread.ofPlatform().name("netsy-standby").daemon().unstarted(this::run);
    }

    /** Begins to follow. */
    public static Standby follow(Setup setup) {
        Standby standby = new Standby(setup);
        standby.thread.start();
        return standby;
    }

    /** Follows another primary from now on. */
    public void follow(Target other) {
        take(() -> {
            if (!other.equals(target)) {
                target = other;
                endStream("another primary is followed");
                pause = FIRST_PAUSE;
                nextTryNanos = nowNanos();
                maybeConnect();
            }
        });
    }

    /** An elector asks for a promise; the owner is told the answer, if there is one. */
    public void fence(long ask, long term) {
        post(new StandbyEvent.FenceAsked(ask, term));
    }

    /** What it is doing, for any thread. */
    public Sight sight() {
        return sight;
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
        reads.end();
        PeerStream current = connection;
        if (current != null) {
            current.close("this node follows no more");
        }
        left.complete(null);
    }

    private void endStream(String reason) {
        PeerStream current = connection;
        if (open && current != null) {
            current.close(reason);
            handleClosed(stream);
        }
    }

    private void fail(RuntimeException e) {
        LOG.error("the standby failed, it is built anew: {}", e.toString(), e);
        closing = true;
        setup.owner().rebuild(new StandbyEffect.RebuildFromBucket("the standby failed: " + e, true));
    }

    private long nowNanos() {
        return setup.clock().now().bootNanos();
    }

    private void maybeConnect() {
        if (!open && target != null && nowNanos() - nextTryNanos >= 0) {
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
        if (sight.following() != core.isStreaming() || sight.term() != core.term()) {
            sight = new Sight(core.isStreaming(), core.term(), nowNanos());
        }
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
            case StandbyEffect.PromiseTerm promise -> setup.owner().promise(promise.term());
            case StandbyEffect.AnswerFence answer ->
                setup.owner().fenced(answer.ask(), answer.term(), answer.flushed());
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
                setup.owner().rebuild(rebuild);
            }
        }
    }

    private void connect(long number, Hello hello) {
        Target to = Objects.requireNonNull(target);
        connection = setup.client().connect(to.host(), to.port(), hello, new PrimaryListener() {
            @Override
            public void onMessage(PeerStream from, FromPrimary message) {
                take(() -> handleSaid(number, message));
            }

            @Override
            public void onClosed(String reason) {
                take(() -> handleClosed(number));
            }
        });
    }

    private void handleSaid(long number, FromPrimary message) {
        if (number == stream) {
            sight = new Sight(sight.following(), sight.term(), nowNanos());
        }
        step(new StandbyEvent.PrimarySaid(number, message));
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
                "following the primary {} term={} process={} from=\"{}\"",
                target,
                began.term(),
                began.process(),
                core.end());
        pause = FIRST_PAUSE;
        reads.began();
        setup.owner().following(Objects.requireNonNull(target).node());
        serving.complete(null);
    }

    /** The wire says why, once for each new reason. */
    private void handleClosed(long number) {
        if (number != stream || !open) {
            return;
        }
        step(new StandbyEvent.StreamClosed(number));
        reads.lost();
        setup.owner().following(null);
        connection = null;
        open = false;
        nextTryNanos = nowNanos() + pause.toNanos();
        pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
    }

    private void applied(LogPosition position) {
        reads.completeApplied();
        step(new StandbyEvent.AppliedUpTo(position));
    }

    /**
     * Follows no more, and answers where the state ends; what was received stays on the disk.
     *
     * @throws IllegalStateException when it can't be ended in time
     */
    public Tip end() throws InterruptedException {
        closing = true;
        serving.completeExceptionally(EtcdError.NO_LEADER.exception());
        LockSupport.unpark(thread);
        try {
            left.get(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the standby can't be ended: " + e, e);
        }
        return applier.close();
    }

    @Override
    public void close() {
        try {
            end();
        } catch (IllegalStateException e) {
            LOG.warn("{}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
