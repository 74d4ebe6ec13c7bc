package io.netsy.node.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netsy.node.archive.ClusterIdentity;
import io.netsy.node.objectstore.ObjectStore;
import io.netsy.node.objectstore.file.FileObjectStore;
import io.netsy.node.objectstore.testkit.TestEnvironments;
import io.netsy.node.role.ElectorQuestions;
import io.netsy.node.role.PeerCalls;
import io.netsy.replication.codec.Frame;
import io.netsy.replication.core.ElectorMessage.Health;
import io.netsy.replication.core.ElectorMessage.Occupation;
import io.netsy.replication.core.ElectorMessage.Ping;
import io.netsy.replication.model.LogPosition;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Three nodes in this process, on a file store and real sockets, whose elector is a test's hand. */
final class ElectedCluster implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final List<String> NAMES = List.of("a", "b", "c");

    private final Path folder;
    private final Map<String, String> more;
    private final Map<String, Integer> peerPorts = new TreeMap<>();
    private final Map<String, ScrapedNode> nodes = new ConcurrentSkipListMap<>();
    private final Map<String, ElectorQuestions> questions = new ConcurrentSkipListMap<>();
    private final HandElector elector;
    private volatile boolean cut;

    private ElectedCluster(Path folder, Map<String, String> more) throws Exception {
        this.folder = folder;
        this.more = more;
        for (String name : NAMES) {
            peerPorts.put(name, freePort());
        }
        for (String name : NAMES) {
            start(name);
        }
        ObjectStore store = FileObjectStore.openUncleared(folder.resolve("store"), TestEnvironments.withoutPauses());
        this.elector =
                new HandElector(store, ClusterIdentity.read(store).orElseThrow().clusterId(), questions);
        elector.createRegister();
    }

    /** Three nodes and a register, and nobody elected. */
    static ElectedCluster start(Path folder, Map<String, String> more) throws Exception {
        return new ElectedCluster(folder, more);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    void start(String name) throws Exception {
        start(name, peerPorts.keySet());
    }

    /** @param known the nodes that its configuration names, itself among them */
    void start(String name, Set<String> known) throws Exception {
        Map<String, String> options = new HashMap<>(more);
        options.put("elector.embedded", "false");
        options.put("listen.peer", "127.0.0.1:" + peerPorts.get(name));
        options.put(
                "cluster.nodes",
                peerPorts.entrySet().stream()
                        .filter(node -> known.contains(node.getKey()))
                        .map(node -> "%s=127.0.0.1:%d".formatted(node.getKey(), node.getValue()))
                        .collect(Collectors.joining(",")));
        ScrapedNode node = ScrapedNode.start(folder, name, options, peers());
        nodes.put(name, node);
        ElectorQuestions asked = node.node.questions();
        if (asked == null) {
            throw new AssertionError("the role of %s does not change".formatted(name));
        }
        questions.put(name, asked);
    }

    private PeerCalls peers() {
        return new PeerCalls() {
            @Override
            public CompletableFuture<Health> health(String node) {
                return ask(node, other -> other.ask(Ping.ASKING).thenApply(Health.class::cast));
            }

            @Override
            public CompletableFuture<List<Frame>> framesAfter(String node, LogPosition position) {
                return ask(node, other -> other.framesAfter(position));
            }
        };
    }

    private <T> CompletableFuture<T> ask(String node, Function<ElectorQuestions, CompletableFuture<T>> question) {
        ElectorQuestions other = questions.get(node);
        return other == null || cut
                ? CompletableFuture.failedFuture(new IOException("%s is not there".formatted(node)))
                : question.apply(other);
    }

    HandElector elector() {
        return elector;
    }

    ScrapedNode node(String name) {
        ScrapedNode node = nodes.get(name);
        if (node == null) {
            throw new AssertionError("no node " + name);
        }
        return node;
    }

    /** What electors ask a node. */
    ElectorQuestions questions(String name) {
        ElectorQuestions asked = questions.get(name);
        if (asked == null) {
            throw new AssertionError("no node " + name);
        }
        return asked;
    }

    /** Whether nodes can't ask each other anything. */
    void cut(boolean isCut) {
        cut = isCut;
    }

    void stop(String name) {
        questions.remove(name);
        node(name).close();
        nodes.remove(name);
    }

    /** Has a node elected and waits until it serves and the others follow it. */
    void lead(String name) throws Exception {
        long term = elector.elect(name, List.copyOf(nodes.keySet())).term();
        awaitLed(name, term);
    }

    void awaitLed(String name, long term) {
        awaitOccupied(name, Occupation.SERVING, term);
        for (String other : nodes.keySet()) {
            if (!other.equals(name)) {
                awaitOccupied(other, Occupation.FOLLOWING, term);
            }
        }
    }

    void awaitOccupied(String name, Occupation occupation, long term) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(elector.health(name)).satisfies(health -> {
                    assertThat(health.occupation()).isEqualTo(occupation);
                    assertThat(health.term()).isEqualTo(term);
                }));
    }

    @Override
    public void close() {
        nodes.values().forEach(ScrapedNode::close);
    }
}
