package io.netsy.bench.single;

import io.netsy.bench.clock.Pause;
import io.netsy.bench.lab.BlockProbe;
import io.netsy.bench.lab.Lab;
import io.netsy.bench.lab.LoadLine;
import io.netsy.bench.lab.Measure;
import io.netsy.bench.lab.Protocol;
import io.netsy.bench.lab.RunningServer;
import io.netsy.bench.lab.Scoreboard;
import io.netsy.bench.lab.Subject;
import io.netsy.bench.lab.WarmUp;
import io.netsy.bench.load.Extent;
import io.netsy.bench.load.LoadPlan;
import io.netsy.bench.load.LoadReport;
import io.netsy.bench.load.LoadResult;
import io.netsy.bench.load.LoadRun;
import io.netsy.bench.load.Pace;
import io.netsy.bench.load.Session;
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
                figures.add(entry.getKey(), Measure.LOADED_MIB, entry.getValue().residentMebibytes());
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
        WarmUp warmUp = new WarmUp(lab.clock(), MANY_CLIENTS);
        try (Session session = server.connect(lab.clock(), MANY_CONNECTIONS)) {
            long puts = warmUp.run(session, new PutWorkload(Block.SHAPE, MANY_CLIENTS), settings.warmupPuts());
            long creates = warmUp.run(session, new CreateWorkload(Block.SHAPE, "warm-up"), settings.warmupPuts() / 3);
            protocol.say("warm-up: %s took %,d puts and %,d creates".formatted(subject.label(), puts, creates));
        }
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
            protocol.say("round %d: %s"
                    .formatted(
                            round,
                            LoadLine.of(
                                    subject, report.name(), report.result().allLatencies(), report.result(), probe)));
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
}
