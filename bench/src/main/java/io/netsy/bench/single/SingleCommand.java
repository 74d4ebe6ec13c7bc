package io.netsy.bench.single;

import io.netsy.bench.load.Extent;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
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

    @Option(names = "--netsy", paramLabel = "FILE", description = "The launcher of Netsy.")
    @Nullable
    Path netsy;

    @Option(names = "--etcd", paramLabel = "FILE", description = "The etcd to compare with.")
    @Nullable
    Path etcd;

    @Option(names = "--versitygw", paramLabel = "FILE", description = "The S3 server.")
    @Nullable
    Path versitygw;

    @Option(names = "--rounds", paramLabel = "N", description = "Repetitions of each load (default: 3, quick: 1).")
    @Nullable
    Integer rounds;

    @Option(names = "--block", paramLabel = "TIME", description = "Length of each load (default: 8s, quick: 2s).")
    @Nullable
    String blockLength;

    @Option(names = "--quick", description = "About three minutes: one round of short loads, fewer starts.")
    boolean quick;

    @Option(names = "--memory", description = "Also measure memory with 1,000,000 keys.")
    boolean million;

    @Option(
            names = "--phases",
            paramLabel = "LIST",
            split = ",",
            description = "Only these: ${COMPLETION-CANDIDATES} (default: all; MILLION with --memory).")
    @Nullable
    Set<Phase> phases;

    @Option(
            names = "--s3-delay",
            paramLabel = "TIME",
            defaultValue = "20ms",
            description = "What the slow S3 server adds to each request (default: ${DEFAULT-VALUE}).")
    String s3Delay = "";

    @Option(names = "--keep", description = "Keep the directory with data and logs.")
    boolean keep;

    @Spec
    @Nullable
    CommandSpec spec;

    /** Made by the command line. */
    public SingleCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        SingleSettings settings = settings();
        return new Comparison(command().commandLine().getOut(), keep)
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
            Extent.parseTime(s3Delay);
            return new SingleSettings(
                    chosen,
                    rounds != null ? rounds : quick ? 1 : 3,
                    Extent.parseTime(blockLength != null ? blockLength : quick ? "2s" : "8s"),
                    quick ? QUICK_WARMUP_PUTS : WARMUP_PUTS,
                    quick ? 2 : 5,
                    Duration.ofSeconds(quick ? 5 : 10));
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(command().commandLine(), wrong.getMessage(), wrong);
        }
    }

    private void equip(Lab lab, Protocol protocol) throws IOException, InterruptedException {
        if (etcd == null) {
            skip(protocol, "etcd and every ratio to it", "no etcd was found; give one with --etcd");
        } else {
            lab.useEtcd(etcd);
        }
        if (netsy == null) {
            skip(protocol, "Netsy", "no launcher was given with --netsy");
            return;
        }
        lab.useNetsyOnFiles(netsy);
        if (versitygw == null) {
            skip(protocol, "Netsy on S3", "no S3 server was found; give a versitygw with --versitygw");
            return;
        }
        lab.startS3(versitygw);
        lab.useNetsyOnS3(netsy);
        lab.useNetsyOnDelayedS3(netsy, Extent.parseTime(s3Delay));
    }

    private static void skip(Protocol protocol, String what, String why) {
        protocol.say("**** SKIPPED: %s: %s ****".formatted(what, why.toLowerCase(Locale.ROOT)));
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
