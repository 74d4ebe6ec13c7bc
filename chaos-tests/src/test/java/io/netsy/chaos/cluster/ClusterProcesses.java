package io.netsy.chaos.cluster;

import io.grpc.StatusRuntimeException;
import io.netsy.chaos.crash.StoreUnderTest;
import io.netsy.chaos.process.NodeClient;
import io.netsy.chaos.process.NodeProcess;
import io.netsy.node.objectstore.testkit.FaultProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/**
 * Three node processes on one store: {@code node-a} is primary, {@code node-b} and {@code node-c} are standbys, each with a
 * link of its own to the primary that can be delayed and cut.
 *
 * <p>A node keeps its ports and its disk however often it is started; what it prints goes to one file per start.
 */
final class ClusterProcesses implements AutoCloseable {
    static final String PRIMARY = "node-a";
    static final List<String> STANDBYS = List.of("node-b", "node-c");
    static final List<String> NODES = List.of("node-a", "node-b", "node-c");

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(50);

    private final Path directory;
    private final StoreUnderTest store;
    private final Map<String, Place> places = new LinkedHashMap<>();
    private final Map<String, NodeProcess> processes = new LinkedHashMap<>();
    private final Map<String, FaultProxy> links = new LinkedHashMap<>();
    private final Map<String, List<String>> ownArguments = new LinkedHashMap<>();
    private List<String> arguments;
    private int starts;

    /** Where a node is, for as long as the cluster lasts. */
    private record Place(int clientPort, int peerPort, NodeClient client) {}

    private ClusterProcesses(Path directory, StoreUnderTest store, List<String> arguments) {
        this.directory = directory;
        this.store = store;
        this.arguments = List.copyOf(arguments);
    }

    /**
     * Makes a cluster of which no node runs yet.
     *
     * @param directory for disks and output
     * @param arguments of {@code netsy start} on all nodes, beside names and addresses
     */
    static ClusterProcesses prepare(Path directory, StoreUnderTest store, List<String> arguments) throws IOException {
        ClusterProcesses cluster = new ClusterProcesses(directory, store, arguments);
        for (String name : NODES) {
            int clientPort = NodeProcess.freePort();
            cluster.places.put(
                    name,
                    new Place(clientPort, NodeProcess.freePort(), new NodeClient(NodeProcess.channelTo(clientPort))));
        }
        int primaryPort = cluster.place(PRIMARY).peerPort();
        for (String name : STANDBYS) {
            InetSocketAddress primary = new InetSocketAddress(InetAddress.getLoopbackAddress(), primaryPort);
            cluster.links.put(name, FaultProxy.start(0, primary));
        }
        return cluster;
    }

    /** Makes a cluster, starts all nodes and waits until the rule that it was given is in force. */
    static ClusterProcesses start(Path directory, StoreUnderTest store, List<String> arguments) throws Exception {
        ClusterProcesses cluster = prepare(directory, store, arguments);
        try {
            NODES.forEach(cluster::start);
            cluster.awaitServing();
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    /** Arguments of {@code netsy start} for a commit level that waits for one of the two standbys. */
    static List<String> level(String level) {
        return List.of(
                "--replication-synchronous-commit",
                level,
                "--replication-synchronous-standby-names",
                "ANY 1 (node-b, node-c)");
    }

    /** Arguments in force from each node's next start on. */
    void configure(List<String> newArguments) {
        arguments = List.copyOf(newArguments);
    }

    private Place place(String name) {
        Place place = places.get(name);
        if (place == null) {
            throw new IllegalArgumentException("no node " + name);
        }
        return place;
    }

    /** The node's process of its newest start. */
    NodeProcess process(String name) {
        NodeProcess process = processes.get(name);
        if (process == null) {
            throw new IllegalStateException(name + " was not started");
        }
        return process;
    }

    NodeClient client(String name) {
        return place(name).client();
    }

    /** Where a node's clients are served. */
    String endpoint(String name) {
        return "127.0.0.1:" + place(name).clientPort();
    }

    /** A standby's link to the primary. */
    FaultProxy link(String standby) {
        FaultProxy link = links.get(standby);
        if (link == null) {
            throw new IllegalArgumentException(standby + " has no link");
        }
        return link;
    }

    /** Arguments of one node beside those of all, in force from its next start on. */
    void configure(String name, List<String> newArguments) {
        ownArguments.put(name, List.copyOf(newArguments));
    }

    /** Where the other nodes reach a node. */
    int peerPort(String name) {
        return place(name).peerPort();
    }

    private Path disk(String name) {
        return directory.resolve("disk-" + name);
    }

    /** Starts a node; returns at once. */
    void start(String name) {
        List<String> words = new ArrayList<>(store.arguments());
        words.addAll(List.of("--name", name, "--data-dir", disk(name).toString()));
        launch(name, words, store);
    }

    private void launch(String name, List<String> words, StoreUnderTest on) {
        words.addAll(addresses(name));
        words.addAll(arguments);
        words.addAll(ownArguments.getOrDefault(name, List.of()));
        try {
            Path log = logs().resolve("%02d-%s.log".formatted(++starts, name));
            processes.put(
                    name,
                    NodeProcess.start(new NodeProcess.Command(place(name).clientPort(), words, on.environment(), log)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What nodes print outlives the test. */
    private Path logs() throws IOException {
        return Files.createDirectories(Path.of("target", "cluster-logs").resolve(directory.getFileName()));
    }

    /** Starts a node of another cluster, on a store and disk of its own, under a node's name and addresses. */
    void startImpostor(String name, StoreUnderTest other) {
        List<String> words = new ArrayList<>(other.arguments());
        words.addAll(List.of("--name", name, "--data-dir", disk(name) + "-other"));
        launch(name, words, other);
    }

    private List<String> addresses(String name) {
        String nodes = NODES.stream()
                .map(node -> "%s=127.0.0.1:%d".formatted(node, portSeenBy(name, node)))
                .collect(Collectors.joining(","));
        return List.of(
                "--listen-peer",
                "127.0.0.1:" + place(name).peerPort(),
                "--cluster-nodes",
                nodes,
                "--cluster-primary",
                PRIMARY);
    }

    private int portSeenBy(String from, String to) {
        return to.equals(PRIMARY) && !from.equals(PRIMARY)
                ? link(from).address().getPort()
                : place(to).peerPort();
    }

    /** Sends SIGKILL and waits for the end. */
    void kill(String name) throws InterruptedException {
        process(name).kill();
    }

    /** Sends SIGKILL to all, and only then waits for their ends. */
    void killAll() throws InterruptedException {
        processes.values().forEach(NodeProcess::close);
        for (NodeProcess process : processes.values()) {
            process.kill();
        }
    }

    /** Takes a killed node's disk away. */
    void wipe(String name) throws IOException {
        NodeProcess.wipe(disk(name));
    }

    /** Waits until every node answers a linearizable read, and the primary acknowledges by the configured rule. */
    void awaitServing() {
        for (String name : NODES) {
            awaitServing(name);
        }
    }

    /** Waits until a node answers a linearizable read. */
    void awaitServing(String name) {
        client(name).channel().resetConnectBackoff();
        process(name).awaitServing();
        client(name).channel().resetConnectBackoff();
        Awaitility.await(name + " is reached by its client")
                .atMost(PATIENCE)
                .until(() -> NodeProcess.serves(client(name).channel()));
    }

    /** Waits until the primary's output says that a rule is in force, and none came after it. */
    void awaitRule(String rule) {
        Awaitility.await("commit rule in force: " + rule)
                .atMost(PATIENCE)
                .pollInterval(POLL)
                .until(() -> rulesSaid().filter(line -> line.contains(rule)).isPresent());
    }

    /** The lines of a node's output, of its newest start, that have a match for an expression. */
    List<String> said(String name, String regex) throws IOException {
        Pattern pattern = Pattern.compile(regex);
        return process(name)
                .output()
                .lines()
                .filter(line -> pattern.matcher(line).find())
                .toList();
    }

    /** Waits until a node's output, of its newest start, has so many lines that have a match for an expression. */
    void awaitSaid(String name, String regex, int times) {
        Awaitility.await("%s says '%s' %d times".formatted(name, regex, times))
                .atMost(PATIENCE)
                .pollInterval(POLL)
                .until(() -> said(name, regex).size() >= times);
    }

    /** A gauge or counter without labels, as the node's metrics show it right now. */
    double metric(String name, String metric) throws IOException, InterruptedException {
        URI metrics = URI.create("http://" + endpoint(name) + "/metrics");
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(HttpRequest.newBuilder(metrics).build(), HttpResponse.BodyHandlers.ofString())
                    .body()
                    .lines()
                    .filter(line -> line.startsWith(metric + " "))
                    .mapToDouble(line -> Double.parseDouble(line.substring(metric.length() + 1)))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException(name + " has no metric " + metric));
        }
    }

    private Optional<String> rulesSaid() throws IOException {
        return process(PRIMARY)
                .output()
                .lines()
                .filter(line -> line.contains("commit rule in force: "))
                .reduce((first, second) -> second);
    }

    /** Waits until a node has applied a revision. */
    void awaitRevision(String name, long revision) {
        Awaitility.await("%s applies revision %d".formatted(name, revision))
                .atMost(PATIENCE)
                .pollInterval(POLL)
                .ignoreException(StatusRuntimeException.class)
                .until(() -> client(name).localRevision() >= revision);
    }

    /** Ends all that runs, and the links. */
    @Override
    public void close() throws IOException {
        processes.values().forEach(NodeProcess::close);
        places.values().forEach(place -> place.client().close());
        for (FaultProxy link : links.values()) {
            link.close();
        }
    }
}
