package io.netsy.bench.single;

import io.netsy.bench.load.Endpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Starts a real etcd of one member with its default settings, apart from a quota that a benchmark does not reach. */
final class EtcdLauncher implements Launcher {
    private static final String QUOTA_BYTES = "8589934592";

    private final Path program;
    private final Path logs;
    private final FreePorts ports;

    EtcdLauncher(Path program, Path logs, FreePorts ports) {
        this.program = program;
        this.logs = logs;
        this.ports = ports;
    }

    /** The store is the local directory itself. */
    @Override
    public RunningServer start(String instance, Path localDirectory) throws IOException {
        Files.createDirectories(localDirectory);
        int port = ports.next();
        String client = "http://127.0.0.1:" + port;
        String peer = "http://127.0.0.1:" + ports.next();
        ManagedProcess process = ManagedProcess.start(
                "etcd",
                List.of(
                        program.toString(),
                        "--data-dir=" + localDirectory.resolve("etcd"),
                        "--listen-client-urls=" + client,
                        "--advertise-client-urls=" + client,
                        "--listen-peer-urls=" + peer,
                        "--initial-advertise-peer-urls=" + peer,
                        "--initial-cluster=default=" + peer,
                        "--quota-backend-bytes=" + QUOTA_BYTES,
                        "--log-level=warn"),
                Map.of(),
                logs.resolve("etcd-" + instance + ".log"));
        return new RunningServer(process, new Endpoint("127.0.0.1", port, false), "");
    }
}
