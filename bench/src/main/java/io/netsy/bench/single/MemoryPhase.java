package io.netsy.bench.single;

import io.netsy.bench.clock.Pause;
import io.netsy.bench.lab.Lab;
import io.netsy.bench.lab.Measure;
import io.netsy.bench.lab.Protocol;
import io.netsy.bench.lab.RunningServer;
import io.netsy.bench.lab.Scoreboard;
import io.netsy.bench.lab.Subject;
import io.netsy.bench.load.KeySpace;
import io.netsy.bench.load.Session;
import io.netsy.bench.load.Shape;
import java.io.IOException;
import java.time.Duration;

/** Memory of a server that holds many keys; and how fast a node has them back when its disk is new. */
final class MemoryPhase {
    private static final int CONNECTIONS = 10;

    private final Lab lab;
    private final SingleSettings settings;
    private final Scoreboard figures;
    private final Protocol protocol;

    MemoryPhase(Lab lab, SingleSettings settings, Scoreboard figures, Protocol protocol) {
        this.lab = lab;
        this.settings = settings;
        this.figures = figures;
        this.protocol = protocol;
    }

    /**
     * Fills each server.
     *
     * @param measure where the memory is noted
     * @param recovered whether the recovery is measured as well
     */
    void run(Shape shape, Measure measure, boolean recovered) throws IOException, InterruptedException {
        for (Subject subject : lab.subjects()) {
            if (subject != Subject.NETSY_S3_DELAYED) {
                String instance = lab.newInstance(subject);
                fill(subject, instance, shape, measure);
                if (recovered && subject != Subject.ETCD) {
                    measureRecovery(subject, instance, shape);
                }
            }
        }
    }

    private void fill(Subject subject, String instance, Shape shape, Measure measure)
            throws IOException, InterruptedException {
        long begun = lab.clock().nanos();
        try (RunningServer server = lab.start(subject, instance, lab.newDirectory(instance))) {
            server.awaitFirstAnswer(lab.clock(), begun);
            try (Session session = server.connect(lab.clock(), CONNECTIONS)) {
                session.fill(keysOf(shape), shape.keys(), shape.valueBytes());
            }
            Pause.of(settings.settle());
            double mebibytes = server.process().residentMebibytes();
            figures.add(subject, measure, mebibytes);
            protocol.say("memory: %s has %.0f MiB resident with %,d keys of %,d bytes"
                    .formatted(subject.label(), mebibytes, shape.keys(), shape.valueBytes()));
        }
    }

    /** Once after an orderly end, once after SIGKILL; the node's own disk is empty each time. */
    private void measureRecovery(Subject subject, String instance, Shape shape)
            throws IOException, InterruptedException {
        try (RunningServer server = recover(subject, instance, shape, Measure.RECOVERY_SECONDS)) {
            server.process().kill();
        }
        recover(subject, instance, shape, Measure.KILLED_RECOVERY_SECONDS).close();
    }

    private RunningServer recover(Subject subject, String instance, Shape shape, Measure measure)
            throws IOException, InterruptedException {
        long begun = lab.clock().nanos();
        RunningServer server = lab.start(subject, instance, lab.newDirectory(instance));
        Duration time = server.awaitFirstAnswer(lab.clock(), begun);
        figures.add(subject, measure, time.toNanos() / 1e9);
        try (Session session = server.connect(lab.clock(), 1)) {
            long found = session.count(keysOf(shape));
            protocol.say("recovery: %s answered after %,d ms with %,d keys (%s)"
                    .formatted(subject.label(), time.toMillis(), found, measure.label()));
            if (found != shape.keys()) {
                protocol.fail("%s recovered %,d of %,d keys".formatted(subject.label(), found, shape.keys()));
            }
        }
        return server;
    }

    private static KeySpace keysOf(Shape shape) {
        return shape.shared("m");
    }
}
