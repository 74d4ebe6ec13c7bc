package io.netsy.bench.cli;

import io.netsy.bench.clock.NanoClock;
import io.netsy.bench.load.LoadReport;
import io.netsy.bench.load.LoadRun;
import io.netsy.bench.load.Session;
import io.netsy.bench.load.Workload;
import io.netsy.bench.stats.ErrorCounts;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * A command that runs a load and prints what it came to. Exit code 0; 1 when a promise of the API was broken, too many
 * operations failed or no server answers; 2 for wrong usage.
 */
abstract class LoadCommand implements Callable<Integer> {
    @Mixin
    LoadOptions options = new LoadOptions();

    @Spec
    @Nullable
    CommandSpec spec;

    /** A name for the keys of this run alone. */
    static String newRunId() {
        return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
    }

    /** Measures; one report for each phase. */
    abstract List<LoadReport> measure(Session session) throws IOException, InterruptedException;

    /** Checks this command's own options before anything is connected. */
    void check() {}

    /** Measures one workload by the options. */
    final LoadReport run(Session session, Workload workload) throws IOException, InterruptedException {
        return new LoadRun(session, options.probe()).run(command().name(), workload, options.plan());
    }

    private CommandSpec command() {
        if (spec == null) {
            throw new IllegalStateException("the command line was not parsed");
        }
        return spec;
    }

    @Override
    public final Integer call() throws InterruptedException {
        PrintWriter out = command().commandLine().getOut();
        PrintWriter err = command().commandLine().getErr();
        checkOptions();
        try (Session session = Session.open(options.target(), NanoClock.SYSTEM)) {
            List<LoadReport> reports = measure(session);
            TextReport text = new TextReport(options.json ? err : out);
            reports.forEach(text::print);
            if (options.json) {
                out.println(JsonReport.of(reports));
            }
            return reports.stream().allMatch(this::isGood) ? 0 : 1;
        } catch (IOException failure) {
            err.println("error: " + failure.getMessage());
            return 1;
        }
    }

    private void checkOptions() {
        try {
            options.target();
            options.plan();
            options.shape().shared("x");
            options.shape().ownedBy(newRunId());
            options.probe();
            check();
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(command().commandLine(), wrong.getMessage(), wrong);
        }
    }

    private boolean isGood(LoadReport report) {
        ErrorCounts errors = report.result().errors();
        return errors.brokenPromises() == 0
                && report.result().errorRatio() <= options.maxErrorRatio
                && report.result().succeeded() > 0;
    }
}
