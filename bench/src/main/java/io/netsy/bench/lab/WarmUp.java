package io.netsy.bench.lab;

import io.netsy.bench.clock.NanoClock;
import io.netsy.bench.load.Extent;
import io.netsy.bench.load.LoadLoop;
import io.netsy.bench.load.Pace;
import io.netsy.bench.load.Session;
import io.netsy.bench.load.Workload;
import java.time.Duration;

/** Loads a server whose just-in-time compiler has not seen much yet. */
public final class WarmUp {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final long STEP = 10_000;

    private final NanoClock clock;
    private final int clients;

    public WarmUp(NanoClock clock, int clients) {
        this.clock = clock;
        this.clients = clients;
    }

    /**
     * Goes on until there were enough operations, or a minute is over: a slow server is as warm as it gets by then.
     *
     * @return how many succeeded
     */
    public long run(Session session, Workload workload, long enough) throws InterruptedException {
        LoadLoop loop = session.loop(Pace.unlimited(clients), workload);
        long end = clock.nanos() + LIMIT.toNanos();
        long done = 0;
        while (done < enough && clock.nanos() < end) {
            done += loop.run(new Extent.Operations(STEP)).succeeded();
        }
        return done;
    }
}
