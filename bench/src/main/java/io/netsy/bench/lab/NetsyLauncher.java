package io.netsy.bench.lab;

import io.netsy.bench.load.Endpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Starts a Netsy node as a user would, on a directory or on a bucket. */
final class NetsyLauncher implements Launcher {
    private final Path program;
    private final Path logs;
    private final FreePorts ports;
    private final Store store;

    /** Where the node's truth lives. */
    sealed interface Store {
        /** Below a directory. */
        record Files(Path directory) implements Store {}

        /** In the S3 server's bucket, reached at this port, which may be a proxy's. */
        record S3(int port) implements Store {}
    }

    NetsyLauncher(Path program, Path logs, FreePorts ports, Store store) {
        this.program = program;
        this.logs = logs;
        this.ports = ports;
        this.store = store;
    }

    @Override
    public RunningServer start(String instance, Path localDirectory) throws IOException {
        return RunningServer.of(startNode("b1", instance, localDirectory, List.of()), instance);
    }

    /**
     * Starts one node, of a cluster or alone.
     *
     * @param more options that only this node has
     */
    RunningServer.Node startNode(String name, String instance, Path localDirectory, List<String> more)
            throws IOException {
        Files.createDirectories(localDirectory);
        int port = ports.next();
        List<String> command = new ArrayList<>(List.of(
                program.toString(),
                "start",
                "--name",
                name,
                "--data-dir",
                localDirectory.toString(),
                "--listen-client",
                "127.0.0.1:" + port,
                "--listen-metrics",
                "127.0.0.1:" + ports.next()));
        command.addAll(more);
        Map<String, String> environment = new HashMap<>(Map.of("NETSY_SKIP_BUILD", "1"));
        switch (store) {
            case Store.Files(Path directory) ->
                command.addAll(List.of("--store", "file:" + directory.resolve(instance)));
            case Store.S3(int s3Port) -> {
                command.addAll(List.of("--store", "s3://%s/%s".formatted(S3Server.BUCKET, instance)));
                command.addAll(List.of("--s3-endpoint", "http://127.0.0.1:" + s3Port));
                command.addAll(List.of("--s3-path-style", "--s3-region", S3Server.REGION));
                environment.putAll(S3Server.credentials());
            }
        }
        ManagedProcess process = ManagedProcess.start(
                "netsy", command, environment, logs.resolve("netsy-%s-%s.log".formatted(instance, name)));
        return new RunningServer.Node(process, new Endpoint("127.0.0.1", port, false));
    }
}
