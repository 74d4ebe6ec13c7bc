package io.netsy.bench.lab;

import io.netsy.bench.load.Endpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Starts a real etcd with its default settings, apart from a quota that a benchmark does not reach. */
final class EtcdLauncher implements Launcher {
    private static final String QUOTA_BYTES = "8589934592";

    private final Path program;
    private final Path logs;
    private final FreePorts ports;
    private final int members;

    EtcdLauncher(Path program, Path logs, FreePorts ports, int members) {
        this.program = program;
        this.logs = logs;
        this.ports = ports;
        this.members = members;
    }

    private record Member(String name, String peerUrl) {}

    /** The store is the local directory itself. */
    @Override
    public RunningServer start(String instance, Path localDirectory) throws IOException {
        Files.createDirectories(localDirectory);
        List<Member> all = new ArrayList<>();
        for (int i = 1; i <= members; i++) {
            all.add(new Member("e" + i, "http://127.0.0.1:" + ports.next()));
        }
        String cluster = all.stream()
                .map(member -> member.name() + "=" + member.peerUrl())
                .collect(Collectors.joining(","));
        List<RunningServer.Node> nodes = new ArrayList<>();
        for (Member member : all) {
            nodes.add(start(member, cluster, instance, localDirectory));
        }
        return new RunningServer(nodes, "");
    }

    private RunningServer.Node start(Member member, String cluster, String instance, Path localDirectory)
            throws IOException {
        int port = ports.next();
        String client = "http://127.0.0.1:" + port;
        ManagedProcess process = ManagedProcess.start(
                "etcd",
                List.of(
                        program.toString(),
                        "--name=" + member.name(),
                        "--data-dir=" + localDirectory.resolve(member.name()),
                        "--listen-client-urls=" + client,
                        "--advertise-client-urls=" + client,
                        "--listen-peer-urls=" + member.peerUrl(),
                        "--initial-advertise-peer-urls=" + member.peerUrl(),
                        "--initial-cluster=" + cluster,
                        "--quota-backend-bytes=" + QUOTA_BYTES,
                        "--log-level=warn"),
                Map.of(),
                logs.resolve("etcd-%s-%s.log".formatted(instance, member.name())));
        return new RunningServer.Node(process, new Endpoint("127.0.0.1", port, false));
    }
}
