package io.netsy.node.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.netsy.elector.term.RegisterStorage.Stored;
import io.netsy.elector.term.TermRegister;
import io.netsy.elector.term.TermRegister.State;
import io.netsy.node.clock.SystemNodeClock;
import io.netsy.node.config.ConfigInputs;
import io.netsy.node.config.ConfigLoader;
import io.netsy.node.config.NodeConfig;
import io.netsy.node.election.FakeNode;
import io.netsy.node.objectstore.ObjectStore;
import io.netsy.node.objectstore.file.FileObjectStore;
import io.netsy.node.term.ObjectRegisterStorage;
import io.netsy.node.wiring.objectstore.StoreEnvironments;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Elections among three nodes that speak over sockets, with the elector's role in a lease on the bucket, as configuration makes them. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class ElectionTest {
    private static final UUID CLUSTER = new UUID(7, 7);
    private static final List<String> NAMES = List.of("a", "b", "c");

    @TempDir
    Path folder;

    private final SystemNodeClock clock = new SystemNodeClock();
    private final Map<String, Integer> ports = new LinkedHashMap<>();
    private final Map<String, Member> members = new LinkedHashMap<>();
    private final List<AutoCloseable> cleanup = new ArrayList<>();

    @SuppressWarnings("NullAway.Init") // by open
    private ObjectStore store;

    @SuppressWarnings("NullAway.Init") // by open
    private ObjectRegisterStorage register;

    /** One node: what answers, what asks, and its listener. */
    private record Member(FakeNode node, Election election, Server server, NodeThreads threads) {
        /** As a process that is killed: it says nothing any more, and gives nothing back. */
        void kill() {
            node.die();
            server.shutdownNow();
            election.abandon();
        }
    }

    @BeforeEach
    void open() throws IOException {
        store = FileObjectStore.open(folder.resolve("store"), StoreEnvironments.system());
        register = new ObjectRegisterStorage(store);
        for (String name : NAMES) {
            try (ServerSocket socket = new ServerSocket(0)) {
                ports.put(name, socket.getLocalPort());
            }
        }
    }

    @AfterEach
    void close() throws Exception {
        for (Member member : members.values()) {
            member.election().close();
            member.server().shutdownNow();
            member.threads().close();
        }
        for (AutoCloseable one : cleanup.reversed()) {
            one.close();
        }
        store.close();
    }

    private Map<String, String> options(String name) {
        return new HashMap<>(Map.of(
                "name",
                name,
                "store",
                "file:" + folder.resolve("store"),
                "listen.peer",
                "127.0.0.1:" + ports.getOrDefault(name, 1),
                "cluster.nodes",
                ports.entrySet().stream()
                        .map(entry -> entry.getKey() + "=127.0.0.1:" + entry.getValue())
                        .collect(Collectors.joining(",")),
                "elector.lease",
                "2s",
                "elector.renewEvery",
                "500ms"));
    }

    private void startNodes(Map<String, String> more) throws Exception {
        for (String name : NAMES) {
            Map<String, String> options = options(name);
            options.putAll(more);
            NodeConfig config = ConfigLoader.load(new ConfigInputs(null, Map.of(), options, false))
                    .config();
            NodeThreads threads = NodeThreads.start();
            Election election = Election.open(config, clock, new NodeStore(store, CLUSTER), threads, null);
            if (election == null) {
                throw new AssertionError("nothing is elected");
            }
            FakeNode node = new FakeNode(CLUSTER, name, register, this::isDead);
            Server server = NettyServerBuilder.forAddress(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), ports.getOrDefault(name, 0)))
                    .addService(election.service())
                    .build()
                    .start();
            members.put(name, new Member(node, election, server, threads));
        }
        members.values().forEach(member -> member.election().start(member.node()));
    }

    private boolean isDead(String name) {
        return member(name).node().isDead();
    }

    private Member member(String name) {
        Member member = members.get(name);
        if (member == null) {
            throw new AssertionError("no node " + name);
        }
        return member;
    }

    private TermRegister awaitAssigned(long aboveTerm) {
        return await().atMost(Duration.ofMinutes(1))
                .until(
                        () -> register.read().map(Stored::register),
                        found -> found.filter(said -> said.state() == State.ASSIGNED && said.term() > aboveTerm)
                                .isPresent())
                .orElseThrow();
    }

    /** The elector that has the role, once that is another node than this one. */
    private String awaitElectorBut(String excluded) {
        return await().atMost(Duration.ofMinutes(1))
                .until(
                        () -> NAMES.stream()
                                .filter(name -> member(name).election().isElector() && !isDead(name))
                                .findFirst()
                                .orElse(""),
                        name -> !name.isEmpty() && !name.equals(excluded));
    }

    @Test
    void aPrimaryIsElectedAndReplacedWhenItDies() throws Exception {
        startNodes(Map.of());
        TermRegister first = awaitAssigned(0);
        String elector = awaitElectorBut(first.primary());
        assertThat(elector).isNotEqualTo(first.primary());

        member(first.primary()).kill();

        TermRegister second = awaitAssigned(first.term());
        assertThat(second.primary()).isNotEqualTo(first.primary());
        await().until(() -> member(second.primary()).node().isServing());
    }

    @Test
    void anElectorThatDiesIsSucceeded() throws Exception {
        startNodes(Map.of());
        TermRegister first = awaitAssigned(0);
        String elector = awaitElectorBut(first.primary());

        member(elector).kill();

        String third = NAMES.stream()
                .filter(name -> !name.equals(elector) && !name.equals(first.primary()))
                .findFirst()
                .orElseThrow();
        await().atMost(Duration.ofMinutes(1))
                .until(() -> member(third).election().isElector());
        assertThat(register.read().orElseThrow().register().term()).isEqualTo(first.term());
    }

    @Test
    void aSwitchoverIsAskedOfAnyNode() throws Exception {
        startNodes(Map.of());
        TermRegister first = awaitAssigned(0);
        awaitElectorBut(first.primary());
        String target = NAMES.stream()
                .filter(name -> !name.equals(first.primary()))
                .findFirst()
                .orElseThrow();

        member(first.primary())
                .election()
                .requests()
                .ask(target, name -> member(name).node().isServing())
                .get(1, TimeUnit.MINUTES);

        assertThat(awaitAssigned(first.term()).primary()).isEqualTo(target);
    }

    @Test
    void anElectorBesideTheNodesElectsThem() throws Exception {
        startNodes(Map.of("elector.embedded", "false"));
        Map<String, String> options = options("elector-1");
        options.remove("listen.peer");
        NodeConfig config = ConfigLoader.loadForElector(new ConfigInputs(null, Map.of(), options, false))
                .config();
        NodeThreads threads = NodeThreads.start();
        Election alone = Election.open(config, clock, new NodeStore(store, CLUSTER), threads, null);
        if (alone == null) {
            throw new AssertionError("nothing is elected");
        }
        cleanup.add(threads);
        cleanup.add(alone);

        alone.startAlone();

        TermRegister first = awaitAssigned(0);
        assertThat(first.elector()).isEqualTo("elector-1");
        await().until(() -> member(first.primary()).node().isServing());
        member(first.primary()).kill();
        assertThat(awaitAssigned(first.term()).primary()).isNotEqualTo(first.primary());
    }

    @Test
    void theProcessOfAnElectorAloneEndsInGoodOrder() throws Exception {
        startNodes(Map.of("elector.embedded", "false"));
        Map<String, String> options = options("elector-1");
        NodeConfig config = ConfigLoader.loadForElector(new ConfigInputs(null, Map.of(), options, false))
                .config();
        CountDownLatch stop = new CountDownLatch(1);
        stop.countDown();

        ElectorRunner.run(config, stop);
    }
}
