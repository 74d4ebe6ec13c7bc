package io.netsy.bench.single;

import com.google.protobuf.ByteString;
import io.netsy.bench.lab.BlockProbe;
import io.netsy.bench.lab.Lab;
import io.netsy.bench.lab.RunningServer;
import io.netsy.bench.load.Extent;
import io.netsy.bench.load.LoadPlan;
import io.netsy.bench.load.LoadResult;
import io.netsy.bench.load.LoadRun;
import io.netsy.bench.load.Session;
import io.netsy.bench.load.Shape;
import io.netsy.bench.load.Workload;
import io.netsy.bench.workload.GetWorkload;
import io.netsy.bench.workload.LeaseWorkloads;
import io.netsy.bench.workload.WatchRun;
import io.netsy.etcd.proto.rpc.MaintenanceGrpc;
import io.netsy.etcd.proto.rpc.StatusRequest;
import java.io.IOException;
import java.time.Duration;

/** Puts the loads on one server. The leases that one load grants are those that the next ones keep and revoke. */
final class ApiRunner {
    private static final Shape READ_SHAPE = new Shape("/a", 32, 10_000, 256);
    private static final ByteString READ_START = ByteString.copyFromUtf8("/a/");
    private static final ByteString READ_END = ByteString.copyFromUtf8("/a0");
    private static final Shape WATCH_SHAPE = new Shape("/w", 32, 10_000, 100);
    private static final int PREFIX_WATCHERS = 1_000;
    private static final int KEY_WATCHERS = 10_000;
    private static final Duration DRAIN = Duration.ofSeconds(20);
    private static final Duration WARMUP = Duration.ofSeconds(1);
    private static final long TTL_SECONDS = 3_600;

    private final Lab lab;
    private final RunningServer server;
    private final ApiSettings settings;
    private LeaseWorkloads leases = new LeaseWorkloads(TTL_SECONDS);

    ApiRunner(Lab lab, RunningServer server, ApiSettings settings) {
        this.lab = lab;
        this.server = server;
        this.settings = settings;
    }

    /**
     * Runs a load.
     *
     * @param runId no other run on this server has it
     */
    LoadResult run(ApiLoad load, String runId, BlockProbe probe) throws IOException, InterruptedException {
        return switch (load) {
            case GRANT -> grant(load, probe);
            case KEEPALIVE -> keep(load, probe);
            case REVOKE -> onLeases(load, leases.revokes(), Extent.NONE, all(), probe);
            case AUTH_GET -> readAsUser(load, probe);
            case WATCH_PREFIX -> watch(load, PREFIX_WATCHERS, false, runId, probe);
            case WATCH_KEYS -> watch(load, KEY_WATCHERS, true, runId, probe);
        };
    }

    private LoadResult grant(ApiLoad load, BlockProbe probe) throws IOException, InterruptedException {
        leases = new LeaseWorkloads(TTL_SECONDS);
        return onLeases(load, leases.grants(), Extent.NONE, new Extent.Operations(settings.leases()), probe);
    }

    private Extent all() {
        return new Extent.Operations(leases.count());
    }

    /** A keepalive is no write: the log must be where it was. */
    private LoadResult keep(ApiLoad load, BlockProbe probe) throws IOException, InterruptedException {
        Extent time = new Extent.Time(settings.blockLength());
        try (Session session = server.connect(lab.clock(), 1)) {
            long before = logIndex(session);
            LoadResult result = onLeases(load, leases.keepalives(), new Extent.Time(WARMUP), time, probe);
            result.errors().add("LogWrites", logIndex(session) - before);
            return result;
        }
    }

    private static long logIndex(Session session) {
        return MaintenanceGrpc.newBlockingStub(session.connections().channelOf(0))
                .status(StatusRequest.getDefaultInstance())
                .getRaftIndex();
    }

    private LoadResult onLeases(ApiLoad load, Workload workload, Extent warmup, Extent extent, BlockProbe probe)
            throws IOException, InterruptedException {
        try (Session session = server.connect(lab.clock(), load.connections())) {
            return run(session, load, workload, new LoadPlan(load.pace(), warmup, extent, false), probe);
        }
    }

    private static LoadResult run(Session session, ApiLoad load, Workload workload, LoadPlan plan, BlockProbe probe)
            throws IOException, InterruptedException {
        return new LoadRun(session, probe)
                .run(load.throughput().label(), workload, plan)
                .result();
    }

    private LoadResult readAsUser(ApiLoad load, BlockProbe probe) throws IOException, InterruptedException {
        LoadPlan plan =
                new LoadPlan(load.pace(), new Extent.Time(WARMUP), new Extent.Time(settings.blockLength()), true);
        try (Session admin = server.connect(lab.clock(), 1);
                AuthOn auth = AuthOn.of(admin.connections().channelOf(0), READ_START, READ_END);
                Session user = server.connectAs(auth.userToken(), lab.clock(), load.connections())) {
            return run(user, load, new GetWorkload(READ_SHAPE, false), plan, probe);
        }
    }

    private LoadResult watch(ApiLoad load, int watchers, boolean separateKeys, String runId, BlockProbe probe)
            throws IOException, InterruptedException {
        WatchRun.Plan plan = new WatchRun.Plan(watchers, load.connections(), separateKeys, DRAIN);
        try (Session session = server.connect(lab.clock(), load.connections())) {
            WatchRun run = new WatchRun(session, lab.clock(), plan, WATCH_SHAPE, runId);
            probe.begin();
            LoadResult result = run.run(load.pace(), new Extent.Time(settings.blockLength()));
            probe.end();
            return result;
        }
    }
}
