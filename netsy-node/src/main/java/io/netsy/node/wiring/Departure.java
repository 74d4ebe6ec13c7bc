package io.netsy.node.wiring;

import io.netsy.elector.term.TermRegister.Claimant;
import io.netsy.node.clock.NodeClock;
import io.netsy.node.primary.PrimaryTerm;
import io.netsy.node.primary.ReplicationView;
import io.netsy.node.writeahead.LogWriter;
import io.netsy.replication.core.StandbyView.State;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How a primary goes: asked to, or because its disk takes nothing. For the role's thread, but for {@link #awaited}. */
final class Departure {
    private static final Logger LOG = LoggerFactory.getLogger(Departure.class);

    /** How long finishing may take before the primary stays after all. */
    static final Duration PATIENCE = Duration.ofSeconds(5);

    /** The same where the disk stands still: then the term ends as it is. */
    static final Duration STALL_PATIENCE = Duration.ofSeconds(1);

    /** An elector that was silent for so long will name nobody soon: then a primary is better than none. */
    static final Duration ELECTOR_SILENCE = Duration.ofSeconds(5);

    private static final Duration STALL = Duration.ofSeconds(2);

    private final NodeClock clock;
    private final LogWriter writer;
    private volatile CompletableFuture<Void> gone = new CompletableFuture<>();
    private boolean underWay;
    private @Nullable Claimant successor;
    private long untilNanos;

    Departure(NodeClock clock, LogWriter writer) {
        this.clock = clock;
        this.writer = writer;
    }

    /**
     * Answers whether it was not under way already.
     *
     * @param to who leads next; null leaves that to an election
     */
    boolean begin(Duration patience, @Nullable Claimant to) {
        if (underWay) {
            return false;
        }
        underWay = true;
        successor = to;
        untilNanos = clock.now().bootNanos() + patience.toNanos();
        return true;
    }

    /** Who leads next; null leaves that to an election. */
    @Nullable
    Claimant successor() {
        return successor;
    }

    /** The term has ended, or stays. */
    void over() {
        underWay = false;
    }

    boolean isTooLong() {
        return underWay && clock.now().bootNanos() - untilNanos >= 0;
    }

    /** Whether the write-ahead file has not been written for too long, full or standing still. */
    boolean diskStalls() {
        return writer.stalledFor().compareTo(STALL) >= 0;
    }

    /** Whether a standby follows closely. */
    static boolean othersCouldLead(PrimaryTerm term) {
        ReplicationView view = term.sequencer().replication();
        return view != null && view.standbys().stream().anyMatch(standby -> standby.state() == State.STREAMING);
    }

    /** Completes when a term has ended, or there was none. */
    CompletableFuture<Void> awaited() {
        CompletableFuture<Void> next = new CompletableFuture<>();
        gone = next;
        return next;
    }

    void done() {
        gone.complete(null);
    }

    static void await(CompletableFuture<Void> gone) {
        try {
            gone.get(PATIENCE.toMillis() + STALL_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            LOG.warn("the term was not given back in time: others wait before they lead");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
