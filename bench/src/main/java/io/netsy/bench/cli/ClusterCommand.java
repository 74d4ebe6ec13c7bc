package io.netsy.bench.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The comparison of clusters, which needs replication; it refuses with exit code 2. */
@Command(
        name = "cluster",
        description = "Compares three Netsy nodes with three of etcd; comes with replication.",
        mixinStandardHelpOptions = true)
final class ClusterCommand implements Callable<Integer> {
    @Spec
    @Nullable
    CommandSpec spec;

    @Override
    public Integer call() {
        if (spec != null) {
            spec.commandLine()
                    .getErr()
                    .println("bench/run cluster comes with replication between nodes; nothing was run."
                            + " bench/run single measures one node.");
        }
        return 2;
    }
}
