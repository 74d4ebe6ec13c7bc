package io.netsy.bench.failover;

import io.netsy.bench.clock.Pause;
import io.netsy.bench.lab.BlockProbe;
import io.netsy.bench.lab.Lab;
import io.netsy.bench.lab.Protocol;
import io.netsy.bench.lab.RunningServer;
import io.netsy.bench.lab.Scoreboard;
import io.netsy.bench.lab.Subject;
import io.netsy.bench.load.Extent;
import io.netsy.bench.load.LoadResult;
import io.netsy.bench.load.Pace;
import io.netsy.bench.load.Session;
import io.netsy.bench.load.Shape;
import io.netsy.bench.stats.ErrorCounts;
import io.netsy.bench.stats.Samples;
import io.netsy.bench.workload.PutWorkload;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * One cluster after the other, and on each: all rounds of one interruption, then of the next.
 *
 * <p>A round: the leader is found; clients of all three nodes begin to put, so many a second whatever the answers are; a second later
 * the leader is interrupted; the load ends; a node that is gone is started again; everything acknowledged must be there.
 */
final class FailoverRun {
    private static final Shape SHAPE = new Shape("/f", 32, 1000, 100);
    private static final double PUTS_PER_SECOND = 200;

    /** So many that some are free, though those that wait for a node that is gone are not. */
    private static final int CLIENTS = 300;

    private static final int CONNECTIONS = 3;
    private static final Duration LEAD = Duration.ofSeconds(1);
    private static final Duration SETTLE = Duration.ofSeconds(2);
    private static final Duration WARM_UP = Duration.ofSeconds(10);

    private final Lab lab;
    private final int rounds;
    private final Scoreboard figures;
    private final Protocol protocol;

    FailoverRun(Lab lab, int rounds, Scoreboard figures, Protocol protocol) {
        this.lab = lab;
        this.rounds = rounds;
        this.figures = figures;
        this.protocol = protocol;
    }

    void run() throws IOException, InterruptedException {
        for (Subject subject : lab.subjects()) {
            String instance = lab.newInstance(subject);
            try (Cluster cluster = new Cluster(subject, lab.start(subject, instance, lab.newDirectory(instance)))) {
                cluster.warmUp();
                for (Interruption interruption : Interruption.values()) {
                    cluster.measure(interruption);
                }
            }
        }
    }

    /** A cluster, whose nodes come and go. */
    private final class Cluster implements AutoCloseable {
        private final Subject subject;
        private RunningServer nodes;

        Cluster(Subject subject, RunningServer nodes) {
            this.subject = subject;
            this.nodes = nodes;
        }

        void warmUp() throws IOException, InterruptedException {
            nodes.awaitFirstAnswer(lab.clock(), lab.clock().nanos());
            try (Session session = nodes.connect(lab.clock(), CONNECTIONS)) {
                LoadResult result = session.loop(
                                new Pace(CLIENTS, PUTS_PER_SECOND * 2), new PutWorkload(SHAPE, CLIENTS))
                        .run(new Extent.Time(WARM_UP));
                protocol.say("%s: three nodes serve; %,d puts to warm up".formatted(subject.label(), result.writes()));
            }
        }

        void measure(Interruption interruption) throws IOException, InterruptedException {
            for (int round = 1; round <= rounds; round++) {
                nodes = nodes.withLeaderFirst(lab.clock());
                runRound(interruption, round);
                Pause.of(SETTLE);
            }
            figures.samples(subject, interruption.gap())
                    .map(Samples::max)
                    .ifPresent(longest -> figures.add(subject, interruption.longest(), longest));
        }

        private void runRound(Interruption interruption, int round) throws IOException, InterruptedException {
            AckTimes acknowledgements = new AckTimes(lab.clock());
            PutWorkload puts = new PutWorkload(SHAPE, CLIENTS, acknowledgements::acknowledged);
            BlockProbe probe = new BlockProbe(lab, nodes, List.of(nodes));
            LoadResult result;
            long begunNanos;
            try (Session session = nodes.connect(lab.clock(), CONNECTIONS, interruption.operationLimit())) {
                FutureTask<Long> interrupted = new FutureTask<>(() -> interrupt(interruption));
                probe.begin();
                Thread.ofPlatform().name("interruption").start(interrupted);
                result = session.loop(new Pace(CLIENTS, PUTS_PER_SECOND), puts)
                        .run(new Extent.Time(interruption.window()));
                begunNanos = interrupted.get();
                var _ = probe.end();
            } catch (ExecutionException failure) {
                throw new IOException(
                        "%s: %s failed: %s".formatted(subject.label(), interruption.label(), failure.getCause()),
                        failure);
            }
            note(interruption, round, acknowledgements.longestGapNanos(begunNanos), result);
            if (interruption.endsTheNode()) {
                nodes = nodes.withFirstStartedAgain();
            } else {
                // The processor time of a process that is gone is not known.
                protocol.noteOthers(probe.othersShare());
            }
            nodes.awaitFirstAnswer(lab.clock(), lab.clock().nanos());
            verify(puts);
        }

        /** Answers when it began. */
        private long interrupt(Interruption interruption) throws IOException, InterruptedException {
            Pause.of(LEAD);
            long begunNanos = lab.clock().nanos();
            interruption.befall(nodes, lab.clock());
            return begunNanos;
        }

        private void note(Interruption interruption, int round, OptionalLong gap, LoadResult result) {
            String what = "%s: %s, round %d".formatted(subject.label(), interruption.label(), round);
            if (gap.isEmpty()) {
                protocol.fail("%s: no write was acknowledged in the %d s after it"
                        .formatted(what, interruption.window().minus(LEAD).toSeconds()));
                return;
            }
            double millis = AckTimes.millis(gap.getAsLong());
            figures.add(subject, interruption.gap(), millis);
            protocol.say("%s: %,.0f ms without an acknowledged write, failed were %s"
                    .formatted(what, millis, result.errors()));
        }

        private void verify(PutWorkload puts) throws IOException, InterruptedException {
            ErrorCounts broken = new ErrorCounts();
            try (Session session = nodes.connect(lab.clock(), CONNECTIONS)) {
                puts.verify(session, broken);
            }
            if (!broken.isEmpty()) {
                protocol.fail("%s: %s".formatted(subject.label(), broken));
            }
        }

        @Override
        public void close() {
            nodes.close();
        }
    }
}
