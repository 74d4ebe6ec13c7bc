package io.netsy.bench.cluster;

import io.netsy.bench.lab.Comparison;
import io.netsy.bench.lab.ComparisonOptions;
import io.netsy.bench.lab.Lab;
import io.netsy.bench.lab.Machine;
import io.netsy.bench.lab.Protocol;
import java.io.IOException;
import java.nio.file.Path;
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

/** Compares three Netsy nodes with three of etcd in the same minutes, and holds the figures against what is promised. */
@Command(
        name = "cluster",
        description = {
            "Compares three Netsy nodes with three of etcd and checks what Netsy promises.",
            "",
            "The last line is PASS, FAIL or SKIPPED with the figures. Exit code 0: all holds; 1: something does not;"
                    + " 2: wrong usage; 77: nothing is broken, but something could not be measured.",
            "A part is skipped, and says so, when its program is missing.",
            ""
        },
        mixinStandardHelpOptions = true)
public final class ClusterCommand implements Callable<Integer> {
    /** As many for each of three nodes as a single one gets. */
    private static final long WARMUP_OPERATIONS = 450_000;

    private static final long QUICK_WARMUP_OPERATIONS = 150_000;
    private static final int PROCESSORS_FOR_THREE_NODES = 8;

    @Mixin
    ComparisonOptions options = new ComparisonOptions();

    @Option(
            names = "--phases",
            paramLabel = "LIST",
            split = ",",
            description = "Only these: ${COMPLETION-CANDIDATES} (default: all).")
    @Nullable
    Set<ClusterPhase> phases;

    @Spec
    @Nullable
    CommandSpec spec;

    /** Made by the command line. */
    public ClusterCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        ClusterSettings settings = settings();
        return new Comparison(command().commandLine().getOut(), options.keep())
                .run(
                        (lab, figures, protocol) -> {
                            remarkOnProcessors(protocol);
                            equip(lab, settings.phases(), protocol);
                            new ClusterRun(lab, settings, figures, protocol).run();
                        },
                        figures -> ClusterThresholds.of(figures, settings.phases()));
    }

    private CommandSpec command() {
        if (spec == null) {
            throw new IllegalStateException("the command line was not parsed");
        }
        return spec;
    }

    ClusterSettings settings() {
        try {
            options.s3Delay();
            return new ClusterSettings(
                    phases == null ? EnumSet.allOf(ClusterPhase.class) : EnumSet.copyOf(phases),
                    options.rounds(),
                    options.blockLength(),
                    options.quick() ? QUICK_WARMUP_OPERATIONS : WARMUP_OPERATIONS);
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(command().commandLine(), wrong.getMessage(), wrong);
        }
    }

    private static void remarkOnProcessors(Protocol protocol) {
        if (Machine.processors() < PROCESSORS_FOR_THREE_NODES) {
            protocol.say(
                    "three nodes, S3 server and load tool share %d processors: more nodes can't do more work per second"
                                    .formatted(Machine.processors())
                            + " here; whether they could elsewhere is told by the processor time of the busiest node");
        }
    }

    private void equip(Lab lab, Set<ClusterPhase> chosen, Protocol protocol) throws IOException, InterruptedException {
        boolean compared = chosen.stream().anyMatch(phase -> phase != ClusterPhase.DELAYED);
        if (compared) {
            options.etcd(protocol).ifPresent(lab::useEtcdCluster);
        }
        Optional<Path> netsy = options.netsy(protocol);
        if (netsy.isEmpty() || !options.startS3(lab, protocol)) {
            return;
        }
        if (compared) {
            lab.useNetsyQuorum(netsy.get());
        }
        if (chosen.contains(ClusterPhase.DELAYED)) {
            lab.useNetsyOnDelayed(netsy.get(), options.s3Delay());
        }
    }
}
