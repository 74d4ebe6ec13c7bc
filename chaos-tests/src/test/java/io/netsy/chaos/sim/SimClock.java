package io.netsy.chaos.sim;

import io.netsy.replication.model.Moment;

/**
 * The clocks of one machine: the boot clock runs a little fast or slow, the wall clock may be set, and stands still while the machine
 * is frozen.
 */
final class SimClock {
    private static final long WALL_ORIGIN_MILLIS = 1_700_000_000_000L;

    private final SimScheduler scheduler;
    private final boolean measuresByWall;
    private final double rate;
    private long wallOffsetNanos;

    /**
     * @param rate how fast it runs; 1 is right
     * @param measuresByWall a planted fault: what should be the boot clock is the wall clock
     */
    SimClock(SimScheduler scheduler, double rate, boolean measuresByWall) {
        this.scheduler = scheduler;
        this.rate = rate;
        this.measuresByWall = measuresByWall;
    }

    Moment moment() {
        long boot = (long) (scheduler.now() * rate);
        long wall = boot + wallOffsetNanos;
        return new Moment(measuresByWall ? wall : boot, WALL_ORIGIN_MILLIS + wall / SimScheduler.MILLI);
    }

    /** When the boot clock will show this, as a delay from now. */
    long delayUntil(long bootNanos) {
        return Math.max(0, (long) ((bootNanos - moment().bootNanos()) / rate) + 1);
    }

    /** Somebody sets the wall clock. */
    void set(long byNanos) {
        wallOffsetNanos += byNanos;
    }
}
