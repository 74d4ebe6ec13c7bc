package io.netsy.node.primary;

import io.netsy.elector.election.ElectionEffect;
import io.netsy.elector.election.ElectionEvent;
import io.netsy.elector.election.SoloElection;
import io.netsy.elector.term.RegisterException;
import io.netsy.elector.term.RegisterStorage;
import io.netsy.elector.term.TermRegister;
import io.netsy.node.clock.NodeClock;
import io.netsy.replication.model.LogPosition;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs an election to its end: does what it wants, one thing after the other, on the calling thread. */
final class ElectionDriver {
    private static final Logger LOG = LoggerFactory.getLogger(ElectionDriver.class);

    private final RegisterStorage register;
    private final NodeClock clock;
    private final BooleanSupplier logPresent;
    private final Callable<LogPosition> findTip;

    /**
     * @param logPresent whether the bucket holds any log
     * @param findTip walks the chain in the bucket to its end
     */
    ElectionDriver(
            RegisterStorage register, NodeClock clock, BooleanSupplier logPresent, Callable<LogPosition> findTip) {
        this.register = register;
        this.clock = clock;
        this.logPresent = logPresent;
        this.findTip = findTip;
    }

    /**
     * Answers the register that assigns the term.
     *
     * @throws RegisterException when no term can be had
     * @throws Exception what {@code findTip} threw
     */
    TermRegister run(SoloElection election) throws Exception {
        Deque<ElectionEffect> todo = new ArrayDeque<>(election.begin());
        while (!todo.isEmpty()) {
            ElectionEffect effect = todo.poll();
            if (effect instanceof ElectionEffect.Elected elected) {
                return elected.register();
            }
            todo.addAll(election.step(perform(effect)));
        }
        throw new IllegalStateException("the election ended without a result");
    }

    private ElectionEvent perform(ElectionEffect effect) throws Exception {
        return switch (effect) {
            case ElectionEffect.ReadRegister ignored ->
                new ElectionEvent.RegisterRead(
                        register.read(), logPresent.getAsBoolean(), clock.now().bootNanos());
            case ElectionEffect.CreateRegister create ->
                new ElectionEvent.RegisterSwapped(
                        register.create(create.first()), clock.now().bootNanos());
            case ElectionEffect.SwapRegister swap ->
                new ElectionEvent.RegisterSwapped(
                        register.swap(swap.expected(), swap.next()), clock.now().bootNanos());
            case ElectionEffect.WakeAt wake -> sleep(wake);
            case ElectionEffect.FindTip ignored -> new ElectionEvent.TipFound(findTip.call());
            case ElectionEffect.Failed failed -> throw new RegisterException(failed.reason());
            case ElectionEffect.Elected ignored -> throw new IllegalStateException("already elected");
        };
    }

    private ElectionEvent sleep(ElectionEffect.WakeAt wake) throws InterruptedException {
        LOG.info("election waits {} ms for {}", wake.pause().toMillis(), wake.waits());
        long left = wake.bootNanos() - clock.now().bootNanos();
        while (left > 0) {
            LockSupport.parkNanos(this, left);
            if (Thread.interrupted()) {
                throw new InterruptedException("the election was interrupted");
            }
            left = wake.bootNanos() - clock.now().bootNanos();
        }
        return new ElectionEvent.Tick(clock.now().bootNanos());
    }
}
