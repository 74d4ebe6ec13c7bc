package io.netsy.elector.assignment.lease;

import io.netsy.elector.assignment.Assignment;
import io.netsy.elector.assignment.AssignmentBoard;
import io.netsy.elector.assignment.AssignmentEnvironment;
import io.netsy.elector.assignment.AssignmentException;
import io.netsy.elector.assignment.Candidacy;
import io.netsy.elector.assignment.ElectorIdentity;
import io.netsy.elector.assignment.PollLoop;
import io.netsy.elector.assignment.lease.LeaseStorage.Stored;
import io.netsy.elector.assignment.lease.LeaseStorage.SwapResult;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The elector's role by a lease record with compare-and-swap.
 *
 * <ol>
 *   <li>The holder swaps the record for a renewed one, and believes in itself for a lease, less a margin for drifting clocks,
 *       from <em>before</em> it sent that.
 *   <li>Everybody else looks at the record. One that has stood unchanged for its whole lease, counted from <em>after</em> it
 *       was first seen, or that was given back, is swapped for an own one.
 *   <li>A swap that another won, or whose answer was lost, is settled by reading. A record of this very process is renewed.
 * </ol>
 *
 * So of two candidates the second begins to believe after the first has ceased to.
 */
public final class LeaseCandidacy implements Candidacy {
    private final LeaseStorage storage;
    private final ElectorIdentity self;
    private final LeaseTimings timings;
    private final AssignmentEnvironment environment;
    private final AssignmentBoard board;
    private final PollLoop loop;
    private final Sighting sighting = new Sighting();
    private @Nullable Stored held;
    private int lostInARow;
    private volatile boolean campaigning;
    private volatile CountDownLatch givenBack = new CountDownLatch(0);

    /** @param storage closed with this candidacy */
    public LeaseCandidacy(
            LeaseStorage storage, ElectorIdentity self, LeaseTimings timings, AssignmentEnvironment environment) {
        this.storage = storage;
        this.self = self;
        this.timings = timings;
        this.environment = environment;
        this.board = new AssignmentBoard(storage.describe(), environment.bootNanos());
        this.loop = new PollLoop("netsy-elector-lease", this::poll);
    }

    @Override
    public void start() {
        loop.start();
    }

    @Override
    public Assignment current() {
        Assignment current = board.current();
        return current.isSelf() && !campaigning ? new Assignment.Vacant() : current;
    }

    @Override
    public void onChange(Runnable listener) {
        board.onChange(listener);
    }

    @Override
    public String describe() {
        return storage.describe();
    }

    @Override
    public void campaign() {
        campaigning = true;
        loop.wake();
    }

    @Override
    public boolean release(Duration patience) {
        CountDownLatch done = new CountDownLatch(1);
        givenBack = done;
        campaigning = false;
        loop.wake();
        try {
            return done.await(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void close() {
        loop.close();
        board.closed();
        storage.close();
    }

    /** Looks or renews once, and answers the pause until the next time. */
    Duration poll() {
        try {
            Duration pause = campaigning ? renewOrLook() : standAside();
            return environment.jittered(pause);
        } catch (AssignmentException e) {
            board.failed(String.valueOf(e.getMessage()));
            return environment.jittered(timings.retryAfter());
        }
    }

    private Duration renewOrLook() throws AssignmentException {
        Stored mine = held;
        if (mine == null) {
            return look();
        }
        return write(
                mine,
                mine.record().renewed(timings.lease(), environment.wallClock().instant()));
    }

    private Duration look() throws AssignmentException {
        Optional<Stored> read = storage.read();
        if (read.isEmpty()) {
            return write(
                    null,
                    LeaseRecord.first(
                            self, timings.lease(), environment.wallClock().instant()));
        }
        Stored stored = read.get();
        LeaseRecord record = stored.record();
        long nowNanos = environment.nowNanos();
        sighting.note(stored, nowNanos);
        if (record.isHeldBy(self)) {
            return write(
                    stored,
                    record.renewed(timings.lease(), environment.wallClock().instant()));
        }
        if (isFree(record, nowNanos)) {
            return write(
                    stored,
                    record.takenBy(
                            self, timings.lease(), environment.wallClock().instant()));
        }
        return heldByAnother(record, nowNanos);
    }

    private boolean isFree(LeaseRecord record, long nowNanos) {
        return record.holder() == null || sighting.endNanos(record) - nowNanos <= 0;
    }

    /** Another has it: looks again in time, and not later than when his lease may be over. */
    private Duration heldByAnother(LeaseRecord record, long nowNanos) {
        long endNanos = sighting.endNanos(record);
        board.answered(new Assignment.Held(String.valueOf(record.holder()), false, record.transitions(), endNanos));
        Duration left = Duration.ofNanos(endNanos - nowNanos);
        return left.compareTo(timings.renewEvery()) < 0 ? left : timings.renewEvery();
    }

    /** Writes a record that makes this process the holder; null as expected creates it. */
    private Duration write(@Nullable Stored expected, LeaseRecord next) throws AssignmentException {
        held = null;
        long sentNanos = environment.nowNanos();
        SwapResult result = expected == null ? storage.create(next) : storage.swap(expected, next);
        return switch (result) {
            case SwapResult.Swapped swapped -> {
                held = swapped.stored();
                lostInARow = 0;
                sighting.note(swapped.stored(), environment.nowNanos());
                long trustedUntil =
                        sentNanos + LeaseTimings.trustOf(timings.lease()).toNanos();
                board.answered(new Assignment.Held(self.node(), true, next.transitions(), trustedUntil));
                yield timings.renewEvery();
            }
            case SwapResult.Lost ignored -> lostInARow++ == 0 ? Duration.ZERO : timings.retryAfter();
            case SwapResult.Unknown unknown -> {
                board.failed(unknown.reason());
                yield timings.retryAfter();
            }
        };
    }

    /** Looks only; what this process still holds is given back first. */
    private Duration standAside() throws AssignmentException {
        CountDownLatch asked = givenBack;
        held = null;
        Optional<Stored> read = storage.read();
        if (read.isEmpty()) {
            return nobody(asked);
        }
        LeaseRecord record = read.get().record();
        long nowNanos = environment.nowNanos();
        sighting.note(read.get(), nowNanos);
        if (record.isHeldBy(self)) {
            return giveBack(read.get(), asked);
        }
        if (isFree(record, nowNanos)) {
            return nobody(asked);
        }
        asked.countDown();
        return heldByAnother(record, nowNanos);
    }

    private Duration nobody(CountDownLatch asked) {
        asked.countDown();
        board.answered(new Assignment.Vacant());
        return timings.renewEvery();
    }

    private Duration giveBack(Stored stored, CountDownLatch asked) throws AssignmentException {
        SwapResult result = storage.swap(
                stored, stored.record().released(environment.wallClock().instant()));
        return switch (result) {
            case SwapResult.Swapped ignored -> nobody(asked);
            case SwapResult.Lost ignored -> timings.retryAfter();
            case SwapResult.Unknown unknown -> {
                board.failed(unknown.reason());
                yield timings.retryAfter();
            }
        };
    }
}
