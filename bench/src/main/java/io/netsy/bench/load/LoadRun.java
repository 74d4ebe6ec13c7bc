package io.netsy.bench.load;

import io.netsy.bench.metrics.StoreRequests;
import io.netsy.bench.stats.ErrorCounts;
import java.io.IOException;

/** Prepares, warms up, measures and verifies one workload. */
public final class LoadRun {
    private final Session session;
    private final Probe probe;

    public LoadRun(Session session, Probe probe) {
        this.session = session;
        this.probe = probe;
    }

    /**
     * Runs it; blocks until it is over.
     *
     * @throws IOException when the server can't be reached outside of the load itself
     */
    public LoadReport run(String name, Workload workload, LoadPlan plan) throws IOException, InterruptedException {
        workload.prepare(session);
        LoadLoop loop = session.loop(plan.pace(), workload);
        ErrorCounts broken = new ErrorCounts();
        if (!plan.warmup().equals(Extent.NONE)) {
            broken.add("FAILED_IN_WARMUP", loop.run(plan.warmup()).errors().total());
        }
        probe.begin();
        LoadResult result = loop.run(plan.measured());
        StoreRequests requests = probe.end();
        if (plan.verified()) {
            workload.verify(session, broken);
        }
        result.errors().addAll(broken);
        return new LoadReport(name, session.connections().target(), plan.pace(), result, requests);
    }
}
