package io.netsy.chaos.sim;

/** A process that may stand still for a while: what comes meanwhile it takes afterwards, in order. */
final class SimFreeze {
    private final SimScheduler scheduler;
    private final SimClock clock;
    private long until;

    SimFreeze(SimScheduler scheduler, SimClock clock) {
        this.scheduler = scheduler;
        this.clock = clock;
    }

    /** Every other time it is the machine that stands still. */
    void begin(long nanos) {
        if (scheduler.chance(0.5)) {
            suspend(nanos);
        } else {
            until = Math.max(until, scheduler.now() + nanos);
        }
    }

    /** The machine stands still, its wall clock with it. */
    void suspend(long nanos) {
        until = Math.max(until, scheduler.now() + nanos);
        clock.set(-nanos);
    }

    void end() {
        until = 0;
    }

    boolean isOn() {
        return scheduler.now() < until;
    }

    void whenAwake(Runnable action) {
        if (isOn()) {
            scheduler.at(until, () -> whenAwake(action));
        } else {
            action.run();
        }
    }
}
