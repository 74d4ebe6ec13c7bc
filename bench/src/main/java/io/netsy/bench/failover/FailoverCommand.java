package io.netsy.bench.failover;

import io.netsy.bench.lab.Comparison;
import io.netsy.bench.lab.ComparisonOptions;
import io.netsy.bench.lab.Lab;
import io.netsy.bench.lab.Protocol;
import io.netsy.bench.lab.Subject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Measures how long writes pause when the primary of three nodes dies or goes, beside three of etcd in the same run. */
@Command(
        name = "failover",
        description = {
            "Measures how long clients of three nodes get no write acknowledged when the primary is killed, asked to hand over, or"
                    + " told to stop: three Netsy nodes that elect their primary, at each commit level, and three of etcd.",
            "",
            "Each client is given up on after half a second while a node is gone, and goes on with the next write. Everything"
                    + " acknowledged must be there afterwards.",
            "",
            "The last line is PASS, FAIL or SKIPPED with the figures. Exit code 0: all holds; 1: something does not;"
                    + " 2: wrong usage; 77: nothing is broken, but something could not be measured.",
            ""
        },
        mixinStandardHelpOptions = true)
public final class FailoverCommand implements Callable<Integer> {
    private static final int ROUNDS = 5;

    private static final Map<Subject, String> LEVELS =
            new EnumMap<>(Map.of(Subject.NETSY_ON, "on", Subject.NETSY_QUORUM, "quorum", Subject.NETSY_LOCAL, "local"));

    @Mixin
    ComparisonOptions options = new ComparisonOptions();

    @Spec
    @Nullable
    CommandSpec spec;

    /** Made by the command line. */
    public FailoverCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (spec == null) {
            throw new IllegalStateException("the command line was not parsed");
        }
        return new Comparison(spec.commandLine().getOut(), options.keep())
                .run(
                        (lab, figures, protocol) -> {
                            equip(lab, protocol);
                            new FailoverRun(lab, options.rounds(ROUNDS), figures, protocol).run();
                        },
                        figures -> FailoverThresholds.of(figures, LEVELS.keySet()));
    }

    private void equip(Lab lab, Protocol protocol) throws IOException, InterruptedException {
        options.etcd(protocol).ifPresent(lab::useEtcdCluster);
        Optional<Path> netsy = options.netsy(protocol);
        if (netsy.isPresent() && options.startS3(lab, protocol)) {
            LEVELS.forEach((subject, level) -> lab.useNetsyElected(netsy.get(), subject, level));
        }
    }
}
