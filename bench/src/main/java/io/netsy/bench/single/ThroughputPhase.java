package io.netsy.bench.single;

import io.netsy.bench.clock.Pause;
import io.netsy.bench.load.Extent;
import io.netsy.bench.load.LoadLoop;
import io.netsy.bench.load.LoadPlan;
import io.netsy.bench.load.LoadReport;
import io.netsy.bench.load.LoadResult;
import io.netsy.bench.load.LoadRun;
import io.netsy.bench.load.Pace;
import io.netsy.bench.load.Session;
import io.netsy.bench.load.Workload;
import io.netsy.bench.stats.LatencyHistogram;
import io.netsy.bench.workload.CreateWorkload;
import io.netsy.bench.workload.PutWorkload;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * All servers at once, one of them under load at a time: block after block, on each server in turn, round after round.
 * The order of the servers turns from round to round.
 */
final class ThroughputPhase {
    private static final List<String> S3_PUT_OPERATIONS =
            List.of("PutObject", "CopyObject", "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload");
    private static final Duration BLOCK_WARMUP = Duration.ofSeconds(1);
    private static final Duration PAUSE_AFTER_COMPACTION = Duration.ofSeconds(3);
    private static final Duration WARMUP_LIMIT = Duration.ofSeconds(60);
    private static final long WARMUP_STEP = 10_000;
    private static final int MANY_CLIENTS = 1000;
    private static final int MANY_CONNECTIONS = 100;

    private final Lab lab;
    private final SingleSettings settings;
    private final Scoreboard figures;
    private final Protocol protocol;
    private final Map<Subject, RunningServer> servers = new EnumMap<>(Subject.class);
    private int runs;

    ThroughputPhase(Lab lab, SingleSettings settings, Scoreboard figures, Protocol protocol) {
        this.lab = lab;
        this.settings = settings;
        this.figures = figures;
        this.protocol = protocol;
    }

    void run() throws IOException, InterruptedException {
        try {
            for (Subject subject : lab.subjects()) {
                prepare(subject);
            }
            for (int round = 1; round <= settings.rounds(); round++) {
                runRound(round);
            }
            for (Map.Entry<Subject, RunningServer> entry : servers.entrySet()) {
                figures.add(
                        entry.getKey(),
                        Measure.LOADED_MIB,
                        entry.getValue().process().residentMebibytes());
            }
        } finally {
            servers.values().forEach(RunningServer::close);
        }
    }

    private void prepare(Subject subject) throws IOException, InterruptedException {
        String instance = lab.newInstance(subject);
        long begun = lab.clock().nanos();
        RunningServer server = lab.start(subject, instance, lab.newDirectory(instance));
        servers.put(subject, server);
        server.awaitFirstAnswer(lab.clock(), begun);
        try (Session session = server.connect(lab.clock(), MANY_CONNECTIONS)) {
            long puts = warmUp(session, new PutWorkload(Block.SHAPE, MANY_CLIENTS), settings.warmupPuts());
            long creates = warmUp(session, new CreateWorkload(Block.SHAPE, "warm-up"), settings.warmupPuts() / 3);
            protocol.say("warm-up: %s took %,d puts and %,d creates".formatted(subject.label(), puts, creates));
        }
    }

    /** Writes until there were enough, or a minute is over: a slow server is as warm as it gets by then. */
    private long warmUp(Session session, Workload workload, long enough) throws InterruptedException {
        LoadLoop loop = session.loop(Pace.unlimited(MANY_CLIENTS), workload);
        long end = lab.clock().nanos() + WARMUP_LIMIT.toNanos();
        long written = 0;
        while (written < enough && lab.clock().nanos() < end) {
            written += loop.run(new Extent.Operations(WARMUP_STEP)).succeeded();
        }
        return written;
    }

    private void runRound(int round) throws IOException, InterruptedException {
        List<Subject> order = new ArrayList<>(servers.keySet());
        Collections.rotate(order, 1 - round);
        for (Block block : Block.ALL) {
            for (Subject subject : order) {
                if (block.runsOn(subject)) {
                    runBlock(round, block, subject);
                }
            }
        }
        for (RunningServer server : servers.values()) {
            try (Session session = server.connect(lab.clock(), 1)) {
                session.compact(session.revision());
            }
        }
        Pause.of(PAUSE_AFTER_COMPACTION);
    }

    private void runBlock(int round, Block block, Subject subject) throws IOException, InterruptedException {
        RunningServer server = servers.get(subject);
        if (server == null) {
            throw new IllegalStateException(subject + " is not running");
        }
        BlockProbe probe = new BlockProbe(lab, server, servers.values());
        LoadPlan plan = new LoadPlan(
                Pace.unlimited(block.clients()),
                new Extent.Time(BLOCK_WARMUP),
                new Extent.Time(settings.blockLength()),
                true);
        try (Session session = server.connect(lab.clock(), block.connections())) {
            LoadReport report = new LoadRun(session, probe)
                    .run(block.measure().label(), block.workload().make("c" + ++runs), plan);
            note(block, subject, report, probe);
            protocol.say("round %d: %s".formatted(round, describe(subject, report, probe)));
        }
    }

    private void note(Block block, Subject subject, LoadReport report, BlockProbe probe) {
        LoadResult result = report.result();
        figures.add(subject, block.measure(), result.throughput());
        double puts = report.perThousandWrites(report.storeRequests().of(S3_PUT_OPERATIONS));
        if (!report.storeRequests().isEmpty() && block.measure() == Measure.PUT_100) {
            figures.add(subject, Measure.S3_PUTS_100, puts);
        }
        if (!report.storeRequests().isEmpty() && block.measure() == Measure.PUT_1000) {
            figures.add(subject, Measure.S3_PUTS_1000, puts);
        }
        if (!result.errors().isEmpty()) {
            protocol.fail(
                    "%s: %s: %s".formatted(subject.label(), block.measure().label(), result.errors()));
        }
        protocol.noteOthers(probe.othersShare());
    }

    private static String describe(Subject subject, LoadReport report, BlockProbe probe) {
        LoadResult result = report.result();
        LatencyHistogram latencies = result.allLatencies();
        long count = Math.max(1, result.succeeded());
        return "%-14s %,9.0f %s; p50 %.2f p99 %.2f p999 %.2f ms; CPU per operation: server %.0f us, tool %.0f us; others %.0f %% of the machine"
                .formatted(
                        subject.label(),
                        result.throughput(),
                        report.name(),
                        latencies.quantileNanos(0.5) / 1e6,
                        latencies.quantileNanos(0.99) / 1e6,
                        latencies.quantileNanos(0.999) / 1e6,
                        probe.serverTime().toNanos() / 1e3 / count,
                        result.toolCpuNanos() / 1e3 / count,
                        probe.othersShare() * 100);
    }
}
