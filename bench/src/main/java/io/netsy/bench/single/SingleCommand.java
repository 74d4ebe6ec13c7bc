package io.netsy.bench.single;

import io.netsy.bench.lab.Comparison;
import io.netsy.bench.lab.ComparisonOptions;
import io.netsy.bench.lab.Lab;
import io.netsy.bench.lab.Measure;
import io.netsy.bench.lab.Protocol;
import io.netsy.bench.lab.Scoreboard;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Compares one Netsy node, on files, on an S3 server and on a slow one, with etcd in the same minutes, and holds the
 * figures against what Netsy promises.
 */
@Command(
        name = "single",
        description = {
            "Compares one Netsy node with etcd and checks what Netsy promises.",
            "",
            "The last line is PASS, FAIL or SKIPPED with the figures. Exit code 0: all holds; 1: something does not;"
                    + " 2: wrong usage; 77: nothing is broken, but something could not be measured.",
            "A part is skipped, and says so, when its program is missing.",
            ""
        },
        mixinStandardHelpOptions = true)
public final class SingleCommand implements Callable<Integer> {
    private static final long WARMUP_PUTS = 150_000;
    private static final long QUICK_WARMUP_PUTS = 50_000;

    @Mixin
    ComparisonOptions options = new ComparisonOptions();

    @Option(names = "--memory", description = "Also measure memory with 1,000,000 keys.")
    boolean million;

    @Option(
            names = "--phases",
            paramLabel = "LIST",
            split = ",",
            description = "Only these: ${COMPLETION-CANDIDATES} (default: all; MILLION with --memory).")
    @Nullable
    Set<Phase> phases;

    @Spec
    @Nullable
    CommandSpec spec;

    /** Made by the command line. */
    public SingleCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        SingleSettings settings = settings();
        return new Comparison(command().commandLine().getOut(), options.keep())
                .run(
                        (lab, figures, protocol) -> {
                            equip(lab, protocol);
                            runPhases(lab, settings, figures, protocol);
                        },
                        figures -> Thresholds.of(figures, settings.phases()));
    }

    private CommandSpec command() {
        if (spec == null) {
            throw new IllegalStateException("the command line was not parsed");
        }
        return spec;
    }

    SingleSettings settings() {
        try {
            Set<Phase> chosen =
                    phases == null ? EnumSet.of(Phase.STARTUP, Phase.MEMORY, Phase.THROUGHPUT) : EnumSet.copyOf(phases);
            if (million) {
                chosen.add(Phase.MILLION);
            }
            options.s3Delay();
            return new SingleSettings(
                    chosen,
                    options.rounds(),
                    options.blockLength(),
                    options.quick() ? QUICK_WARMUP_PUTS : WARMUP_PUTS,
                    options.quick() ? 2 : 5,
                    Duration.ofSeconds(options.quick() ? 5 : 10));
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(command().commandLine(), wrong.getMessage(), wrong);
        }
    }

    private void equip(Lab lab, Protocol protocol) throws IOException, InterruptedException {
        options.etcd(protocol).ifPresent(lab::useEtcd);
        Optional<Path> netsy = options.netsy(protocol);
        if (netsy.isEmpty()) {
            return;
        }
        lab.useNetsyOnFiles(netsy.get());
        if (options.startS3(lab, protocol)) {
            lab.useNetsyOnS3(netsy.get());
            lab.useNetsyOnDelayedS3(netsy.get(), options.s3Delay());
        }
    }

    private static void runPhases(Lab lab, SingleSettings settings, Scoreboard figures, Protocol protocol)
            throws IOException, InterruptedException {
        for (Phase phase : settings.phases().stream().sorted().toList()) {
            MemoryPhase memory = new MemoryPhase(lab, settings, figures, protocol);
            switch (phase) {
                case STARTUP -> new StartupPhase(lab, settings, figures, protocol).run();
                case MEMORY -> memory.run(Block.READ_SHAPE, Measure.KEYS_100K_MIB, true);
                case MILLION -> memory.run(Block.SHAPE.withKeys(1_000_000), Measure.KEYS_1M_MIB, false);
                case THROUGHPUT -> new ThroughputPhase(lab, settings, figures, protocol).run();
            }
        }
    }
}
