package io.netsy.chaos.cluster;

import io.grpc.StatusRuntimeException;
import io.netsy.chaos.crash.StoreUnderTest;
import io.netsy.chaos.process.NodeClient;
import io.netsy.chaos.process.NodeProcess;
import io.netsy.etcd.proto.rpc.StatusResponse;
import io.netsy.node.objectstore.testkit.FaultProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
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
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/**
 * Three node processes on one store. Either {@code node-a} is primary by configuration, {@code node-b} and {@code node-c} are its
 * standbys, each with a link of its own to it; or the primary is elected, and every node has a link to every other, as has an
 * elector beside them. Links can be delayed and cut.
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
    private final Function<String, StoreUnderTest> stores;
    private final boolean elected;
    private final Map<String, Place> places = new LinkedHashMap<>();
    private final Map<String, NodeProcess> processes = new LinkedHashMap<>();
    private final PeerLinks links = new PeerLinks();
    private final Map<String, List<String>> ownArguments = new LinkedHashMap<>();
    private List<String> arguments;
    private int starts;

    /** Where a node is, for as long as the cluster lasts. */
    private record Place(int clientPort, int peerPort, NodeClient client) {}

    private ClusterProcesses(
            Path directory, Function<String, StoreUnderTest> stores, boolean elected, List<String> arguments)
            throws IOException {
        this.directory = directory;
        this.stores = stores;
        this.elected = elected;
        this.arguments = List.copyOf(arguments);
        for (String name : NODES) {
            int clientPort = NodeProcess.freePort();
            places.put(
                    name,
                    new Place(clientPort, NodeProcess.freePort(), new NodeClient(NodeProcess.channelTo(clientPort))));
        }
    }

    /**
     * Makes a cluster of which no node runs yet.
     *
     * @param directory for disks and output
     * @param arguments of {@code netsy start} on all nodes, beside names and addresses
     */
    static ClusterProcesses prepare(Path directory, StoreUnderTest store, List<String> arguments) throws IOException {
        ClusterProcesses cluster = new ClusterProcesses(directory, name -> store, false, arguments);
        for (String name : STANDBYS) {
            cluster.links.add(name, PRIMARY, cluster.peerPort(PRIMARY));
        }
        return cluster;
    }

    /**
     * The same of a cluster whose primary is elected.
     *
     * @param stores what each node, and an elector beside them, has for a store: the same one, by ways of their own
     * @param electors names of electors that may run beside the nodes
     */
    static ClusterProcesses prepareElected(
            Path directory, Function<String, StoreUnderTest> stores, List<String> electors, List<String> arguments)
            throws IOException {
        ClusterProcesses cluster = new ClusterProcesses(directory, stores, true, arguments);
        for (String to : NODES) {
            for (String from : NODES) {
                if (!from.equals(to)) {
                    cluster.links.add(from, to, cluster.peerPort(to));
                }
            }
            for (String elector : electors) {
                cluster.links.add(elector, to, cluster.peerPort(to));
            }
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

    /** A standby's link to the configured primary. */
    FaultProxy link(String standby) {
        return links.get(standby, PRIMARY);
    }

    /** All links between nodes, and from electors to them. */
    PeerLinks links() {
        return links;
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
        StoreUnderTest store = stores.apply(name);
        List<String> words = new ArrayList<>(store.arguments());
        words.addAll(List.of("--name", name, "--data-dir", disk(name).toString()));
        launch(name, words, store);
    }

    /** Starts an elector beside the nodes; returns at once. */
    void startElector(String name, List<String> own) {
        StoreUnderTest store = stores.apply(name);
        List<String> words = new ArrayList<>(List.of("elector", "--name", name));
        words.addAll(store.arguments());
        words.addAll(nodesSeenBy(name));
        words.addAll(own);
        try {
            processes.put(name, NodeProcess.startOther(words, store.environment(), nextLog(name)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs a command of the program to its end and answers its output. */
    String run(String... words) throws IOException, InterruptedException {
        NodeProcess command = NodeProcess.startOther(List.of(words), Map.of(), nextLog(words[0]));
        int code = command.awaitEnd();
        if (code != 0) {
            throw new IllegalStateException(
                    "netsy %s: exit code %d%n%s".formatted(List.of(words), code, command.output()));
        }
        return command.output();
    }

    /** Runs a command that works as an elector beside the nodes does, to its end. */
    NodeProcess runAs(String elector, String... words) throws IOException, InterruptedException {
        StoreUnderTest store = stores.apply(elector);
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(store.arguments());
        all.addAll(nodesSeenBy(elector));
        NodeProcess command = NodeProcess.startOther(all, store.environment(), nextLog(words[0]));
        int _ = command.awaitEnd();
        return command;
    }

    private void launch(String name, List<String> words, StoreUnderTest on) {
        words.addAll(addresses(name));
        words.addAll(arguments);
        words.addAll(ownArguments.getOrDefault(name, List.of()));
        try {
            processes.put(
                    name,
                    NodeProcess.start(
                            new NodeProcess.Command(place(name).clientPort(), words, on.environment(), nextLog(name))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What nodes print outlives the test. */
    private Path nextLog(String name) throws IOException {
        return Files.createDirectories(Path.of("target", "cluster-logs").resolve(directory.getFileName()))
                .resolve("%02d-%s.log".formatted(++starts, name));
    }

    /** Starts a node of another cluster, on a store and disk of its own, under a node's name and addresses. */
    void startImpostor(String name, StoreUnderTest other) {
        List<String> words = new ArrayList<>(other.arguments());
        words.addAll(List.of("--name", name, "--data-dir", disk(name) + "-other"));
        launch(name, words, other);
    }

    private List<String> addresses(String name) {
        List<String> words = new ArrayList<>(
                List.of("--listen-peer", "127.0.0.1:" + place(name).peerPort()));
        words.addAll(nodesSeenBy(name));
        if (!elected) {
            words.addAll(List.of("--cluster-primary", PRIMARY));
        }
        return words;
    }

    private List<String> nodesSeenBy(String name) {
        String nodes = NODES.stream()
                .map(node -> "%s=127.0.0.1:%d".formatted(node, portSeenBy(name, node)))
                .collect(Collectors.joining(","));
        return List.of("--cluster-nodes", nodes);
    }

    private int portSeenBy(String from, String to) {
        return links.find(from, to)
                .map(link -> link.address().getPort())
                .orElseGet(() -> place(to).peerPort());
    }

    /** Who is primary, by configuration or election; waits until somebody is. */
    String primary() {
        if (!elected) {
            return PRIMARY;
        }
        return Awaitility.await("a primary")
                .atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(POLL)
                .until(this::findPrimary, Optional::isPresent)
                .orElseThrow();
    }

    /** Of nodes that say that they lead, the one of the latest term: one that was deposed may not know it yet. */
    private Optional<String> findPrimary() {
        Optional<String> primary = Optional.empty();
        long term = 0;
        for (String name : NODES) {
            StatusResponse status = client(name).status().orElse(StatusResponse.getDefaultInstance());
            if (status.getLeader() != 0
                    && status.getLeader() == status.getHeader().getMemberId()
                    && status.getRaftTerm() > term) {
                primary = Optional.of(name);
                term = status.getRaftTerm();
            }
        }
        return primary;
    }

    /** All nodes but one. */
    static List<String> others(String name) {
        return NODES.stream().filter(node -> !node.equals(name)).toList();
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

    /** Waits until all nodes serve, and the primary acknowledges at a level with nobody missing. */
    void awaitFollowed(String level) {
        awaitServing();
        awaitRule("in force: " + level);
    }

    /** The term of the primary that there is. */
    long term() {
        return client(primary()).status().orElseThrow().getRaftTerm();
    }

    /** A node's id for etcd's clients. */
    long memberId(String name) {
        return client(name).status().orElseThrow().getHeader().getMemberId();
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
        return process(primary())
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
        links.close();
    }
}
