package io.netsy.bench.single;

import io.netsy.bench.lab.BlockProbe;
import io.netsy.bench.lab.Lab;
import io.netsy.bench.lab.LoadLine;
import io.netsy.bench.lab.Protocol;
import io.netsy.bench.lab.RunningServer;
import io.netsy.bench.lab.Scoreboard;
import io.netsy.bench.lab.Subject;
import io.netsy.bench.load.LoadResult;
import io.netsy.bench.load.Series;
import io.netsy.bench.load.Session;
import io.netsy.bench.stats.LatencyHistogram;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The loads of the API on each server in turn, round after round, as {@link ThroughputPhase} runs its own. A first round
 * counts nothing: it is for the just-in-time compiler.
 */
final class ApiPhase {
    private final Lab lab;
    private final ApiSettings settings;
    private final Scoreboard figures;
    private final Protocol protocol;
    private final Map<Subject, RunningServer> servers = new EnumMap<>(Subject.class);
    private final Map<Subject, ApiRunner> runners = new EnumMap<>(Subject.class);

    ApiPhase(Lab lab, ApiSettings settings, Scoreboard figures, Protocol protocol) {
        this.lab = lab;
        this.settings = settings;
        this.figures = figures;
        this.protocol = protocol;
    }

    void run() throws IOException, InterruptedException {
        try {
            for (Subject subject : lab.subjects()) {
                start(subject);
            }
            for (int round = 0; round <= settings.rounds(); round++) {
                runRound(round);
            }
        } finally {
            servers.values().forEach(RunningServer::close);
        }
    }

    private void start(Subject subject) throws IOException, InterruptedException {
        String instance = lab.newInstance(subject);
        long begun = lab.clock().nanos();
        RunningServer server = lab.start(subject, instance, lab.newDirectory(instance));
        servers.put(subject, server);
        runners.put(subject, new ApiRunner(lab, server, settings));
        server.awaitFirstAnswer(lab.clock(), begun);
    }

    private void runRound(int round) throws IOException, InterruptedException {
        List<Subject> order = new ArrayList<>(servers.keySet());
        Collections.rotate(order, 1 - round);
        for (ApiLoad load : ApiLoad.values()) {
            for (Subject subject : order) {
                runLoad(round, load, subject);
            }
        }
        for (RunningServer server : servers.values()) {
            try (Session session = server.connect(lab.clock(), 1)) {
                session.compact(session.revision());
            }
        }
    }

    private void runLoad(int round, ApiLoad load, Subject subject) throws IOException, InterruptedException {
        RunningServer server = servers.get(subject);
        ApiRunner runner = runners.get(subject);
        if (server == null || runner == null) {
            throw new IllegalStateException(subject + " is not running");
        }
        BlockProbe probe = new BlockProbe(lab, server, servers.values());
        LoadResult result = runner.run(load, "r" + round, probe);
        protocol.say("round %d: %s"
                .formatted(
                        round,
                        LoadLine.of(
                                subject,
                                load.throughput().label(),
                                latenciesOf(load.series(), result),
                                result,
                                probe)));
        if (!result.errors().isEmpty()) {
            protocol.fail(
                    "%s: %s: %s".formatted(subject.label(), load.throughput().label(), result.errors()));
        }
        if (round > 0) {
            note(load, subject, result);
            protocol.noteOthers(probe.othersShare());
        }
    }

    private void note(ApiLoad load, Subject subject, LoadResult result) {
        LatencyHistogram latencies = latenciesOf(load.series(), result);
        figures.add(subject, load.throughput(), result.perSecond(latencies.count()));
        figures.add(subject, load.latency(), p99Millis(latencies));
        load.latencySinceAck()
                .ifPresent(measure ->
                        figures.add(subject, measure, p99Millis(latenciesOf(Series.EVENT_SINCE_ACK, result))));
    }

    private static double p99Millis(LatencyHistogram latencies) {
        return latencies.quantileNanos(0.99) / 1e6;
    }

    private static LatencyHistogram latenciesOf(Series series, LoadResult result) {
        return result.latencies().getOrDefault(series, new LatencyHistogram());
    }
}
