package io.netsy.bench.lab;

import io.netsy.bench.clock.NanoClock;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;

/** One comparison from its empty directory to its verdict: what is measured differs, how it is told does not. */
public final class Comparison {
    private final Protocol protocol;
    private final boolean keep;

    /** @param keep whether the directory stays after a PASS too */
    public Comparison(PrintWriter out, boolean keep) {
        this.protocol = new Protocol(out);
        this.keep = keep;
    }

    /** What is measured. */
    public interface Measurement {
        void run(Lab lab, Scoreboard figures, Protocol protocol) throws IOException, InterruptedException;
    }

    /** Measures, prints table, thresholds and verdict, and answers the exit code. */
    public int run(Measurement measurement, Function<Scoreboard, List<Threshold>> promises)
            throws IOException, InterruptedException {
        Workplace workplace = Workplace.open();
        Scoreboard figures = new Scoreboard();
        FreePorts ports = new FreePorts(ThreadLocalRandom.current());
        protocol.say(Machine.describe());
        try (Lab lab = new Lab(workplace.directory(), NanoClock.SYSTEM, ports)) {
            measurement.run(lab, figures, protocol);
            protocol.say("");
            protocol.say(Table.of(figures, lab.subjects()));
            protocol.say("");
        } catch (IOException failure) {
            protocol.fail(String.valueOf(failure.getMessage()));
        }
        List<Threshold> thresholds = promises.apply(figures);
        thresholds.forEach(threshold -> protocol.say("%-13s %s".formatted(threshold.outcome(), threshold)));
        Verdict verdict = Verdict.of(thresholds, protocol.failures(), protocol.remark());
        if (keep || verdict.exitCode() == 1) {
            workplace.keep();
            protocol.say("data and logs: " + workplace.directory());
        }
        protocol.say(verdict.line());
        return verdict.exitCode();
    }
}
