package io.netsy.node.role;

import io.netsy.elector.role.RoleCore;
import io.netsy.elector.role.RoleEffect;
import io.netsy.elector.role.RoleEvent;
import io.netsy.elector.term.RegisterException;
import io.netsy.elector.term.RegisterStorage;
import io.netsy.node.clock.NodeClock;
import io.netsy.replication.codec.Frame;
import io.netsy.replication.core.ElectorMessage.AskTail;
import io.netsy.replication.core.ElectorMessage.Fence;
import io.netsy.replication.core.ElectorMessage.Fenced;
import io.netsy.replication.core.ElectorMessage.FromElector;
import io.netsy.replication.core.ElectorMessage.FromNode;
import io.netsy.replication.core.ElectorMessage.HandOver;
import io.netsy.replication.core.ElectorMessage.Ping;
import io.netsy.replication.model.LogPosition;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that steps a node's {@link RoleCore} and has {@link Roles} do what it wants. A change of role waits for the disk and
 * for threads that end, so the signs of life that electors ask for are given beside it.
 */
public final class RoleHost implements ElectorQuestions, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RoleHost.class);
    private static final Duration TICK = Duration.ofMillis(300);

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

    /** Fences that wait for their answer; an elector that has more of them here gave up on the oldest long ago. */
    private static final int MAX_ASKS = 64;

    private final Setup setup;
    private final RoleCore core;
    private final Roles roles;
    private final AtomicLong asks = new AtomicLong();
    private final ConcurrentSkipListMap<Long, CompletableFuture<FromNode>> asked = new ConcurrentSkipListMap<>();
    private volatile boolean leaving;
    private volatile long electorHeardNanos;
    private volatile boolean electorWasHeard;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("netsy-role").daemon().factory());

    /**
     * What it works with.
     *
     * @param io runs what waits for the bucket
     */
    public record Setup(RegisterStorage register, NodeClock clock, Executor io) {}

    public RoleHost(Setup setup, RoleCore core, Roles roles) {
        this.setup = setup;
        this.core = core;
        this.roles = roles;
    }

    /** Begins to look for its role. */
    public void start() {
        var _ = thread.scheduleWithFixedDelay(this::tick, 0, TICK.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void tick() {
        run(() -> {
            roles.look();
            step(new RoleEvent.Tick(roles.isFollowing(), setup.clock().now()));
        });
    }

    /**
     * Promises electors nothing more: this node is going, and who was not fenced is not picked. It still shows what it is, so that
     * an elector sees at once that its term is over.
     */
    public void promiseNoMore() {
        leaving = true;
    }

    @Override
    public CompletableFuture<FromNode> ask(FromElector message) {
        if (leaving && !(message instanceof Ping)) {
            return CompletableFuture.failedFuture(new IllegalStateException("this node stops"));
        }
        return switch (message) {
            case Ping ping -> {
                if (ping.term() > 0) {
                    electorHeardNanos = setup.clock().now().bootNanos();
                    electorWasHeard = true;
                }
                post(new RoleEvent.Hinted(ping));
                yield CompletableFuture.completedFuture(roles.health());
            }
            case HandOver order -> {
                post(new RoleEvent.HandOverAsked(order));
                yield CompletableFuture.completedFuture(roles.health());
            }
            case AskTail question -> roles.tail(question).thenApply(tail -> tail);
            case Fence fence -> askFence(fence);
        };
    }

    @Override
    public CompletableFuture<List<Frame>> framesAfter(LogPosition position) {
        return roles.framesAfter(position);
    }

    private CompletableFuture<FromNode> askFence(Fence fence) {
        CompletableFuture<FromNode> answer = new CompletableFuture<>();
        long ask = asks.incrementAndGet();
        asked.put(ask, answer);
        while (asked.size() > MAX_ASKS) {
            refuse(asked.pollFirstEntry(), "too many fences wait here");
        }
        execute(() -> {
            boolean passed = step(new RoleEvent.FenceAsked(ask, fence.term()));
            CompletableFuture<FromNode> unanswered = passed ? null : asked.remove(ask);
            if (unanswered != null) {
                unanswered.completeExceptionally(
                        new IllegalStateException("term %d is promised or led here, term %d is not fenced"
                                .formatted(core.promised(), fence.term())));
            }
        });
        return answer;
    }

    private static void refuse(Map.Entry<Long, CompletableFuture<FromNode>> ask, String reason) {
        ask.getValue().completeExceptionally(new IllegalStateException(reason));
    }

    /** Whether this node is going. Any thread. */
    public boolean isLeaving() {
        return leaving;
    }

    /** The answer to a fence that was passed on. Any thread. */
    public void fenced(long ask, Fenced answer) {
        CompletableFuture<FromNode> waiting = asked.remove(ask);
        if (waiting != null) {
            waiting.complete(answer);
        }
    }

    /** The node promised a term to the primary that it follows. Any thread. */
    public void promised(long term) {
        post(new RoleEvent.Promised(term));
    }

    /** The stream to the primary has ended. Any thread. */
    public void streamLost() {
        post(new RoleEvent.StreamLost());
    }

    /** The term that was led is over, by itself. For the role's thread. */
    public void termEnded() throws InterruptedException {
        step(new RoleEvent.TermEnded());
    }

    /** What the role's thread does. */
    @FunctionalInterface
    public interface Task {
        void run() throws InterruptedException;
    }

    /** Whether an elector, who knows the register, was heard within this time: one that could name another primary. Any thread. */
    public boolean hearsElector(Duration within) {
        return electorWasHeard && setup.clock().now().bootNanos() - electorHeardNanos <= within.toNanos();
    }

    /** Has the role's thread do something, after what it does now. Any thread. */
    public void execute(Task task) {
        try {
            thread.execute(() -> run(task));
        } catch (RejectedExecutionException e) {
            LOG.debug("not done, the node stops");
        }
    }

    private void run(Task task) {
        try {
            task.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.error("a change of role failed: {}", e.toString(), e);
        }
    }

    private void post(RoleEvent event) {
        execute(() -> {
            boolean _ = step(event);
        });
    }

    /** Answers whether a fence was passed on. */
    private boolean step(RoleEvent event) throws InterruptedException {
        boolean passed = false;
        for (RoleEffect effect : core.step(event)) {
            switch (effect) {
                case RoleEffect.ReadRegister _ -> setup.io().execute(this::readRegister);
                case RoleEffect.Lead lead -> roles.lead(lead.register());
                case RoleEffect.Follow follow -> roles.follow(follow.primary());
                case RoleEffect.EndTerm end -> roles.endTerm(end.reason());
                case RoleEffect.HandOver order -> roles.handOver(order.to());
                case RoleEffect.PassFence fence -> {
                    roles.fence(fence.ask(), fence.term());
                    passed = true;
                }
            }
        }
        return passed;
    }

    private void readRegister() {
        try {
            Optional<RegisterStorage.Stored> read = setup.register().read();
            post(new RoleEvent.RegisterRead(
                    read.map(RegisterStorage.Stored::register), setup.clock().now()));
        } catch (RegisterException e) {
            if (!thread.isShutdown()) {
                LOG.warn("the term register can't be read, tried again: {}", e.getMessage());
            }
            post(new RoleEvent.RegisterUnreadable(setup.clock().now()));
        }
    }

    /** Changes the role no more. */
    @Override
    public void close() {
        thread.shutdownNow();
        try {
            boolean _ = thread.awaitTermination(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
