package io.netsy.node.election;

import io.netsy.node.clock.NodeClock;
import io.netsy.replication.wire.PeerAnswer.Wish;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What operators ask of this node for whoever is the elector: that another node be primary. It goes out with this node's answers to
 * electors, so nobody has to know who the elector is, or to reach him. The newest request is the one that counts. Safe for any thread.
 */
public final class SwitchRequests {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration LOOK_EVERY = Duration.ofMillis(20);

    private final NodeClock clock;
    private final ScheduledExecutorService timer;
    private volatile @Nullable Wish wish;

    /** @param timer for short tasks */
    public SwitchRequests(NodeClock clock, ScheduledExecutorService timer) {
        this.clock = clock;
        this.timer = timer;
    }

    /** What an elector is told; empty when nothing is wanted. */
    public Optional<Wish> current() {
        return Optional.ofNullable(wish);
    }

    /**
     * Asks that this node be primary. Completes when it is, and fails with a {@link TimeoutException} when it is not in time.
     *
     * @param isPrimary whether a node is, as far as this one knows; must not block
     */
    public CompletableFuture<Void> ask(String node, Predicate<String> isPrimary) {
        Wish asked = new Wish(clock.newId(), node);
        wish = asked;
        CompletableFuture<Void> done = new CompletableFuture<>();
        ScheduledFuture<?> looks = timer.scheduleWithFixedDelay(
                () -> {
                    if (isPrimary.test(node)) {
                        done.complete(null);
                    }
                },
                0,
                LOOK_EVERY.toMillis(),
                TimeUnit.MILLISECONDS);
        return done.orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS).whenComplete((nothing, failure) -> {
            looks.cancel(false);
            if (asked.equals(wish)) {
                wish = null;
            }
        });
    }
}
