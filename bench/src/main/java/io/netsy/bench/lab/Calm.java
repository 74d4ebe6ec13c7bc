package io.netsy.bench.lab;

import io.netsy.bench.clock.NanoClock;
import io.netsy.bench.clock.Pause;
import java.time.Duration;
import java.util.Collection;

/** Waits until servers have done what they do by themselves: a compaction's deletions, above all, take processors from the next load, whoever's it is. */
public final class Calm {
    /** What an idle server may use: heartbeats, a look around now and then. */
    private static final double IDLE_SHARE = 0.2;

    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private Calm() {}

    /**
     * Returns when all of them together used less than a fifth of one processor for a second, or after two minutes.
     *
     * @return how long that took
     */
    public static Duration await(Collection<RunningServer> servers, NanoClock clock) throws InterruptedException {
        long begun = clock.nanos();
        Duration used = timeOf(servers);
        double share = 1;
        while (share >= IDLE_SHARE && clock.nanos() - begun < LIMIT.toNanos()) {
            long looked = clock.nanos();
            Pause.of(LOOK_EVERY);
            Duration now = timeOf(servers);
            share = (double) now.minus(used).toNanos() / (clock.nanos() - looked);
            used = now;
        }
        return Duration.ofNanos(clock.nanos() - begun);
    }

    private static Duration timeOf(Collection<RunningServer> servers) {
        return servers.stream()
                .flatMap(server -> server.processorTimes().stream())
                .reduce(Duration.ZERO, Duration::plus);
    }
}
