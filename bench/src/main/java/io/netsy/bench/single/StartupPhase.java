package io.netsy.bench.single;

import io.netsy.bench.clock.Pause;
import io.netsy.bench.lab.Lab;
import io.netsy.bench.lab.Measure;
import io.netsy.bench.lab.Protocol;
import io.netsy.bench.lab.RunningServer;
import io.netsy.bench.lab.Scoreboard;
import io.netsy.bench.lab.Subject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/** Time from exec to the first answered Range on an empty store, and memory of servers that nobody uses. */
final class StartupPhase {
    private final Lab lab;
    private final SingleSettings settings;
    private final Scoreboard figures;
    private final Protocol protocol;

    StartupPhase(Lab lab, SingleSettings settings, Scoreboard figures, Protocol protocol) {
        this.lab = lab;
        this.settings = settings;
        this.figures = figures;
        this.protocol = protocol;
    }

    /** The first start of each is not counted: it loads programs from the disk. */
    void run() throws IOException, InterruptedException {
        for (int i = 0; i <= settings.starts(); i++) {
            for (Subject subject : lab.subjects()) {
                double millis = startOnce(subject);
                if (i > 0) {
                    figures.add(subject, Measure.START_MILLIS, millis);
                }
            }
        }
        measureIdle();
    }

    private double startOnce(Subject subject) throws IOException, InterruptedException {
        String instance = lab.newInstance(subject);
        Path directory = lab.newDirectory(instance);
        long begun = lab.clock().nanos();
        try (RunningServer server = lab.start(subject, instance, directory)) {
            Duration time = server.awaitFirstAnswer(lab.clock(), begun);
            protocol.say("start-up: %s answered after %,d ms".formatted(subject.label(), time.toMillis()));
            return time.toNanos() / 1e6;
        }
    }

    private void measureIdle() throws IOException, InterruptedException {
        Map<Subject, RunningServer> servers = new EnumMap<>(Subject.class);
        try {
            for (Subject subject : lab.subjects()) {
                String instance = lab.newInstance(subject);
                long begun = lab.clock().nanos();
                RunningServer server = lab.start(subject, instance, lab.newDirectory(instance));
                servers.put(subject, server);
                server.awaitFirstAnswer(lab.clock(), begun);
            }
            Pause.of(settings.settle());
            for (Map.Entry<Subject, RunningServer> entry : servers.entrySet()) {
                double mebibytes = entry.getValue().process().residentMebibytes();
                figures.add(entry.getKey(), Measure.IDLE_MIB, mebibytes);
                protocol.say("idle: %s has %.0f MiB resident"
                        .formatted(entry.getKey().label(), mebibytes));
            }
        } finally {
            servers.values().forEach(RunningServer::close);
        }
    }
}
