package io.netsy.bench.cluster;

import io.netsy.bench.clock.NanoClock;
import io.netsy.bench.lab.BlockProbe;
import io.netsy.bench.lab.RunningServer;
import io.netsy.bench.load.Extent;
import io.netsy.bench.load.LoadPlan;
import io.netsy.bench.load.LoadReport;
import io.netsy.bench.load.LoadResult;
import io.netsy.bench.load.LoadRun;
import io.netsy.bench.load.Session;
import io.netsy.bench.load.Shape;
import io.netsy.bench.load.Workload;
import io.netsy.bench.metrics.StoreRequests;
import io.netsy.bench.workload.GetWorkload;
import io.netsy.bench.workload.PutWorkload;
import io.netsy.bench.workload.WatchRun;
import java.io.IOException;
import java.time.Duration;

/** Puts the loads on one cluster. */
final class ClusterRunner {
    static final Shape PUT_SHAPE = new Shape("/b", 32, 10_000, 1024);
    static final Shape GET_SHAPE = PUT_SHAPE.withKeys(20_000);
    private static final Shape WATCH_SHAPE = new Shape("/w", 32, 10_000, 100);
    private static final int WATCHERS = 1500;
    private static final Duration DRAIN = Duration.ofSeconds(20);
    private static final Duration WARMUP = Duration.ofSeconds(1);

    private final RunningServer cluster;
    private final NanoClock clock;
    private final BlockProbe probe;

    /** @param cluster its primary, or leader, is the first node */
    ClusterRunner(RunningServer cluster, NanoClock clock, BlockProbe probe) {
        this.cluster = cluster;
        this.clock = clock;
        this.probe = probe;
    }

    /**
     * Runs a load.
     *
     * @param runId no other run on this cluster has it
     */
    LoadReport run(ClusterLoad load, String runId, Duration length) throws IOException, InterruptedException {
        Extent.Time time = new Extent.Time(length);
        if (load.isWatch()) {
            return watch(load, runId, time);
        }
        Workload workload =
                load.isPut() ? new PutWorkload(PUT_SHAPE, load.clients()) : new GetWorkload(GET_SHAPE, true);
        LoadPlan plan = new LoadPlan(load.pace(), new Extent.Time(WARMUP), time, true);
        try (Session session = load.place() == Place.PRIMARY
                ? cluster.connectToFirst(clock, load.connections())
                : cluster.connect(clock, load.connections())) {
            return new LoadRun(session, probe).run(load.throughput().label(), workload, plan);
        }
    }

    private LoadReport watch(ClusterLoad load, String runId, Extent.Time time)
            throws IOException, InterruptedException {
        try (Session session = cluster.connect(clock, load.connections())) {
            WatchRun.Plan plan = new WatchRun.Plan(
                    WATCHERS, load.connections(), false, DRAIN, load.place().endpointsOf(cluster));
            WatchRun run = new WatchRun(session, clock, plan, WATCH_SHAPE, runId);
            probe.begin();
            LoadResult result = run.run(load.pace(), time);
            StoreRequests requests = probe.end();
            return new LoadReport(
                    load.throughput().label(), session.connections().target(), load.pace(), result, requests);
        }
    }
}
