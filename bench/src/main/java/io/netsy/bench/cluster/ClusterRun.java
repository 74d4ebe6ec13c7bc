package io.netsy.bench.cluster;

import io.netsy.bench.clock.Pause;
import io.netsy.bench.lab.BlockProbe;
import io.netsy.bench.lab.Calm;
import io.netsy.bench.lab.Lab;
import io.netsy.bench.lab.LoadLine;
import io.netsy.bench.lab.Measure;
import io.netsy.bench.lab.Protocol;
import io.netsy.bench.lab.RunningServer;
import io.netsy.bench.lab.Scoreboard;
import io.netsy.bench.lab.Subject;
import io.netsy.bench.lab.WarmUp;
import io.netsy.bench.load.LoadReport;
import io.netsy.bench.load.LoadResult;
import io.netsy.bench.load.Session;
import io.netsy.bench.stats.LatencyHistogram;
import io.netsy.bench.workload.GetWorkload;
import io.netsy.bench.workload.PutWorkload;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * All clusters at once, one of them under load at a time: load after load, on each cluster in turn, round after round.
 * The order of the clusters turns from round to round. Those before round 1 count nothing: they are for the just-in-time compilers.
 */
final class ClusterRun {
    private static final int MANY_CLIENTS = 1000;
    private static final int MANY_CONNECTIONS = 100;
    private static final int S3_PUTS = 40;
    private static final int FIRST_ROUND = -2;
    private static final Duration PAUSE_BEFORE_CALM = Duration.ofSeconds(3);
    private static final int ENTRY_BYTES = ClusterRunner.PUT_SHAPE.keyBytes() + ClusterRunner.PUT_SHAPE.valueBytes();

    private final Lab lab;
    private final ClusterSettings settings;
    private final Scoreboard scoreboard;
    private final ClusterFigures figures;
    private final Protocol protocol;
    private final Map<Subject, RunningServer> clusters = new EnumMap<>(Subject.class);
    private final Map<Subject, Long> compacted = new EnumMap<>(Subject.class);
    private int runs;

    ClusterRun(Lab lab, ClusterSettings settings, Scoreboard scoreboard, Protocol protocol) {
        this.lab = lab;
        this.settings = settings;
        this.scoreboard = scoreboard;
        this.figures = new ClusterFigures(scoreboard);
        this.protocol = protocol;
    }

    void run() throws IOException, InterruptedException {
        try {
            for (Subject subject : lab.subjects()) {
                start(subject);
            }
            awaitCalm();
            for (int round = FIRST_ROUND; round <= settings.rounds(); round++) {
                runRound(round);
            }
            for (Map.Entry<Subject, RunningServer> entry : clusters.entrySet()) {
                scoreboard.add(
                        entry.getKey(), Measure.LOADED_MIB, entry.getValue().residentMebibytes());
            }
        } finally {
            clusters.values().forEach(RunningServer::close);
        }
    }

    private void start(Subject subject) throws IOException, InterruptedException {
        String instance = lab.newInstance(subject);
        long begun = lab.clock().nanos();
        RunningServer cluster = lab.start(subject, instance, lab.newDirectory(instance));
        clusters.put(subject, cluster);
        Duration time = cluster.awaitFirstAnswer(lab.clock(), begun);
        protocol.say("%s: three nodes serve after %,d ms".formatted(subject.label(), time.toMillis()));
        WarmUp warmUp = new WarmUp(lab.clock(), MANY_CLIENTS);
        try (Session session = cluster.connect(lab.clock(), MANY_CONNECTIONS)) {
            long puts = warmUp.run(
                    session, new PutWorkload(ClusterRunner.PUT_SHAPE, MANY_CLIENTS), settings.warmupOperations());
            GetWorkload reads = new GetWorkload(ClusterRunner.GET_SHAPE, true);
            reads.prepare(session);
            long gets = warmUp.run(session, reads, settings.warmupOperations());
            protocol.say("warm-up: %s took %,d puts and %,d gets".formatted(subject.label(), puts, gets));
        }
    }

    private void runRound(int round) throws IOException, InterruptedException {
        findLeaders();
        List<Subject> order = new ArrayList<>(clusters.keySet());
        Collections.rotate(order, 1 - round);
        for (ClusterLoad load : ClusterLoad.values()) {
            if (load == ClusterLoad.PUTS_1 && settings.phases().contains(ClusterPhase.QUORUM)) {
                awaitCalm();
            }
            for (Subject subject : order) {
                if (load.runsOn(subject, settings.phases())) {
                    runLoad(round, load, subject);
                }
            }
        }
        figures.endRound();
        for (Subject subject : clusters.keySet()) {
            compact(subject);
        }
        awaitCalm();
    }

    private void awaitCalm() throws InterruptedException {
        Pause.of(PAUSE_BEFORE_CALM);
        Duration time = Calm.await(clusters.values(), lab.clock());
        protocol.say("all servers are idle after %,d s more".formatted(time.toSeconds()));
    }

    /** A round of reads alone leaves nothing to compact. */
    private void compact(Subject subject) throws IOException, InterruptedException {
        try (Session session = running(subject).connect(lab.clock(), 1)) {
            long revision = session.revision();
            if (revision > compacted.getOrDefault(subject, 0L)) {
                session.compact(revision);
                compacted.put(subject, revision);
            }
        }
    }

    private RunningServer running(Subject subject) {
        RunningServer cluster = clusters.get(subject);
        if (cluster == null) {
            throw new IllegalStateException(subject + " is not running");
        }
        return cluster;
    }

    /** etcd's leader may change; it is the first node while a round lasts. */
    private void findLeaders() throws IOException, InterruptedException {
        for (Map.Entry<Subject, RunningServer> entry : clusters.entrySet()) {
            entry.setValue(entry.getValue().withLeaderFirst(lab.clock()));
        }
    }

    private void runLoad(int round, ClusterLoad load, Subject subject) throws IOException, InterruptedException {
        RunningServer cluster = running(subject);
        BlockProbe probe = new BlockProbe(lab, cluster, clusters.values());
        ClusterRunner runner = new ClusterRunner(cluster, lab.clock(), probe);
        LoadReport report = runner.run(load, "c" + ++runs, settings.lengthIn(round));
        LoadResult result = report.result();
        LatencyHistogram latencies = ClusterFigures.latenciesOf(load.series(), result);
        protocol.say("round %d: %s".formatted(round, LoadLine.of(subject, report.name(), latencies, result, probe)));
        if (!result.errors().isEmpty()) {
            protocol.fail("%s: %s: %s".formatted(subject.label(), report.name(), result.errors()));
        }
        if (round <= 0) {
            return;
        }
        figures.note(load, subject, result, probe.busiestNodeTime());
        protocol.noteOthers(probe.othersShare());
        if (subject == Subject.NETSY_ON_DELAYED) {
            timeS3Puts(load, subject, report);
        }
    }

    /** How long a PUT takes of an object as large as a commit was. */
    private void timeS3Puts(ClusterLoad load, Subject subject, LoadReport report)
            throws IOException, InterruptedException {
        long objects = report.storeRequests().of("PutObject");
        int sizeBytes = commitBytes(report.result().writes(), objects);
        LatencyHistogram puts = lab.timeDelayedPuts("put-time/" + runs, sizeBytes, S3_PUTS);
        figures.noteS3Put(load, subject, report.result(), puts);
        protocol.say("         an S3 PUT of %,d bytes, the size of one of the %,d objects: p50 %.2f p99 %.2f ms"
                .formatted(sizeBytes, objects, puts.quantileNanos(0.5) / 1e6, puts.quantileNanos(0.99) / 1e6));
    }

    /** The size of an object that holds as many entries as one of these on average; of one entry at least. */
    static int commitBytes(long writes, long objects) {
        return (int) (ENTRY_BYTES * Math.max(1, writes / Math.max(1, objects)));
    }
}
