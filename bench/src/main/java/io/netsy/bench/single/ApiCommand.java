package io.netsy.bench.single;

import io.netsy.bench.lab.Comparison;
import io.netsy.bench.lab.Lab;
import io.netsy.bench.lab.Protocol;
import io.netsy.bench.load.Extent;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Compares leases, auth and watches of one Netsy node on files with etcd's, in the same minutes. */
@Command(
        name = "api",
        description = {
            "Compares leases, auth and watches of one Netsy node with etcd's and checks what Netsy promises.",
            "",
            "The last line is PASS, FAIL or SKIPPED with the figures. Exit code 0: all holds; 1: something does not;"
                    + " 2: wrong usage; 77: nothing is broken, but something could not be measured.",
            ""
        },
        mixinStandardHelpOptions = true)
public final class ApiCommand implements Callable<Integer> {
    @Option(names = "--netsy", paramLabel = "FILE", description = "The launcher of Netsy.")
    @Nullable
    Path netsy;

    @Option(names = "--etcd", paramLabel = "FILE", description = "The etcd to compare with.")
    @Nullable
    Path etcd;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "3",
            description = "Repetitions of each load, after one that counts nothing (default: ${DEFAULT-VALUE}).")
    int rounds;

    @Option(
            names = "--block",
            paramLabel = "TIME",
            defaultValue = "5s",
            description = "Length of each load (default: ${DEFAULT-VALUE}).")
    String blockLength = "";

    @Option(
            names = "--leases",
            paramLabel = "N",
            defaultValue = "20000",
            description = "Leases to grant, to keep alive and to revoke (default: ${DEFAULT-VALUE}).")
    int leases;

    @Option(names = "--keep", description = "Keep the directory with data and logs.")
    boolean keep;

    @Spec
    @Nullable
    CommandSpec spec;

    /** Made by the command line. */
    public ApiCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        ApiSettings settings = settings();
        return new Comparison(command().commandLine().getOut(), keep)
                .run(
                        (lab, figures, protocol) -> {
                            equip(lab, protocol);
                            new ApiPhase(lab, settings, figures, protocol).run();
                        },
                        ApiThresholds::of);
    }

    private CommandSpec command() {
        if (spec == null) {
            throw new IllegalStateException("the command line was not parsed");
        }
        return spec;
    }

    ApiSettings settings() {
        try {
            return new ApiSettings(rounds, Extent.parseTime(blockLength), leases);
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(command().commandLine(), wrong.getMessage(), wrong);
        }
    }

    private void equip(Lab lab, Protocol protocol) {
        if (etcd == null) {
            protocol.say("**** SKIPPED: etcd and every ratio to it: no etcd was found; give one with --etcd ****");
        } else {
            lab.useEtcd(etcd);
        }
        if (netsy == null) {
            protocol.say("**** SKIPPED: Netsy: no launcher was given with --netsy ****");
        } else {
            lab.useNetsyOnFiles(netsy);
        }
    }
}
