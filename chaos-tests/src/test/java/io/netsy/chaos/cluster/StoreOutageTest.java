package io.netsy.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.netsy.chaos.crash.Operation;
import io.netsy.chaos.crash.StoreUnderTest;
import io.netsy.chaos.process.NodeClient;
import io.netsy.node.objectstore.testkit.FaultProxy;
import io.netsy.node.objectstore.testkit.S3ProxyServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * S3 can't be reached for a while, on a real S3 server over HTTP: by either policy for its loss. {@code -Dcluster.outage.seconds=120
 * -Dcluster.outage.levels=on,local,quorum} for the long run.
 */
@EnabledIfSystemProperty(named = "cluster.long", matches = "true", disabledReason = "chaos-tests/live runs it")
@Timeout(value = 20, unit = TimeUnit.MINUTES) // of the long run
class StoreOutageTest {
    private static final Duration OUTAGE = Duration.ofSeconds(Integer.getInteger("cluster.outage.seconds", 1));
    private static final List<String> LEVELS =
            List.of(System.getProperty("cluster.outage.levels", "on,quorum").split(","));
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Promised is 5 seconds, on a machine that has nothing else to do. */
    private static final Duration HEALED = Duration.ofSeconds(Integer.getInteger("cluster.outage.healed.seconds", 15));

    @TempDir
    Path directory;

    /** Of {@code s3Loss = quorum}: what some thousand writes fill. */
    private static final long OUTSTANDING_BYTES = 2 << 20;

    private static final long OUTSTANDING_SLACK_BYTES = 1 << 20;

    private final List<Operation> probes = new ArrayList<>();
    private S3ProxyServer server;
    private FaultProxy network;

    @SuppressWarnings("NullAway.Init") // before each test
    StoreOutageTest() {}

    @BeforeEach
    void startStore() throws Exception {
        server = S3ProxyServer.startAtomic();
        network = FaultProxy.start(
                0,
                new InetSocketAddress(
                        InetAddress.getLoopbackAddress(), server.endpoint().getPort()));
    }

    @AfterEach
    void stopStore() throws Exception {
        network.close();
        server.close();
    }

    private StoreUnderTest store() {
        return StoreUnderTest.s3(
                URI.create("http://127.0.0.1:" + network.address().getPort()),
                server.bucket().bucket(),
                Map.of("AWS_ACCESS_KEY_ID", "test", "AWS_SECRET_ACCESS_KEY", "testtest"));
    }

    private static List<String> arguments(String level) {
        List<String> arguments = new ArrayList<>(ClusterProcesses.level(level));
        arguments.addAll(List.of("--limits-request-timeout", "2s", "--replication-archive-outstanding", "128KiB"));
        return arguments;
    }

    @Test
    void readsGoOnAndWritesHealByThemselves() throws Exception {
        try (ClusterProcesses cluster = ClusterProcesses.start(directory, store(), arguments(LEVELS.getFirst()))) {
            try (Load load = new Load(cluster)) {
                for (String level : LEVELS) {
                    restartAt(level, cluster);
                    load.awaitMore(20);
                    outage(level, cluster, load);
                }
                List<Operation> operations = new ArrayList<>(load.finish());
                operations.addAll(probes);
                assertThat(ClusterAudit.violations(cluster, operations)).isEmpty();
            }
        }
    }

    @Test
    void writesGoOnWithoutItWherePolicySaysSo() throws Exception {
        List<String> arguments = new ArrayList<>(ClusterProcesses.level("on"));
        arguments.addAll(List.of("--replication-s3-loss", "quorum", "--limits-request-timeout", "6s"));
        arguments.addAll(List.of("--replication-archive-outstanding", Long.toString(OUTSTANDING_BYTES)));
        try (ClusterProcesses cluster = ClusterProcesses.start(directory, store(), arguments)) {
            cluster.awaitRule("quorum, ANY 1"); // in the register, from the beginning
            try (Load load = new Load(cluster)) {
                load.awaitMore(20);
                outageWithoutStall(cluster, load);
                List<Operation> operations = new ArrayList<>(load.finish());
                operations.addAll(probes);
                awaitArchived(cluster);
                assertThat(ClusterAudit.violations(cluster, operations)).isEmpty();
            }
        }
    }

    private void outageWithoutStall(ClusterProcesses cluster, Load load) throws Exception {
        long endNanos = System.nanoTime() + OUTAGE.toNanos();
        network.cut();
        cluster.awaitSaid(ClusterProcesses.PRIMARY, "the bucket does not answer, writes go on without it: quorum", 1);
        load.awaitMore(500);
        assertThat(load.failures()).as("no write noticed").isEmpty();

        for (String name : ClusterProcesses.NODES) {
            awaitTimedOut(cluster.client(name));
            readsGoOn(cluster.client(name));
        }
        assertThat(unarchivedBytes(cluster))
                .as("writes stall at the bound, not before")
                .isBetween(OUTSTANDING_BYTES, OUTSTANDING_BYTES + OUTSTANDING_SLACK_BYTES);
        LockSupport.parkNanos(endNanos - System.nanoTime());
        long restoredNanos = System.nanoTime();
        network.restore();
        awaitHealed("on with s3_loss=quorum", cluster.client(ClusterProcesses.PRIMARY));
        cluster.awaitSaid(ClusterProcesses.PRIMARY, "the bucket answers again, writes wait for it: on, ANY 1", 1);
        Duration healed = Duration.ofNanos(System.nanoTime() - restoredNanos);
        Figures.publish(
                "store outage level=on with s3_loss=quorum at 'on' again after %d ms".formatted(healed.toMillis()));
        assertThat(healed).isLessThan(HEALED);
        load.awaitMore(20);
    }

    private static long unarchivedBytes(ClusterProcesses cluster) throws Exception {
        return (long) cluster.metric(ClusterProcesses.PRIMARY, "netsy_replication_unarchived_bytes");
    }

    private static void awaitArchived(ClusterProcesses cluster) {
        Awaitility.await("the bucket holds all").atMost(HEALED).until(() -> unarchivedBytes(cluster) == 0);
    }

    private static void restartAt(String level, ClusterProcesses cluster) throws Exception {
        if (!level.equals(LEVELS.getFirst())) {
            cluster.configure(arguments(level));
            cluster.kill(ClusterProcesses.PRIMARY);
            cluster.start(ClusterProcesses.PRIMARY);
            cluster.awaitServing();
        }
        cluster.awaitRule(level);
    }

    private void outage(String level, ClusterProcesses cluster, Load load) throws Exception {
        long endNanos = System.nanoTime() + OUTAGE.toNanos();
        try (NodeClient.OpenWatch watch =
                cluster.client("node-b").watchFrom(cluster.client("node-b").localRevision() + 1)) {
            network.cut();
            if (level.equals("quorum")) {
                load.awaitMore(50);
            }
            for (String name : ClusterProcesses.NODES) {
                awaitTimedOut(cluster.client(name));
                readsGoOn(cluster.client(name));
            }
            LockSupport.parkNanos(endNanos - System.nanoTime());
            ClusterProcesses.NODES.forEach(name -> readsGoOn(cluster.client(name)));
            network.restore();
            awaitHealed(level, cluster.client(ClusterProcesses.PRIMARY));
            load.awaitMore(20);
            assertThat(watch.isOpen()).as("the watch on node-b goes on").isTrue();
            long now = cluster.client("node-b").revision();
            assertThat(watch.await(now, PATIENCE)).isNotEmpty();
        }
    }

    /** One write, of which the audit is told that it may have happened. */
    private Status probe(NodeClient client, Duration patience) {
        String value = "probe-" + probes.size();
        probes.add(new Operation(
                "/probe", value, new Operation.Outcome.Unknown("a probe"), System.nanoTime(), Duration.ZERO));
        return client.tryPut("/probe", value, patience);
    }

    private void awaitTimedOut(NodeClient client) {
        Awaitility.await("a write times out").atMost(PATIENCE).untilAsserted(() -> {
            Status status = probe(client, Duration.ofSeconds(20));
            assertThat(status.getCode()).as("%s", status).isEqualTo(Status.Code.UNAVAILABLE);
            assertThat(status.getDescription()).isEqualTo("etcdserver: request timed out");
        });
    }

    /** Both kinds of reads, and the whole history on a new watch: the standbys confirm the primary. */
    private static void readsGoOn(NodeClient client) {
        try {
            long revision = client.localRevision();
            assertThat(client.history(revision)).hasSizeGreaterThan(1);
            assertThat(client.revision()).isGreaterThanOrEqualTo(revision);
        } catch (Exception e) {
            throw new AssertionError("a read failed", e);
        }
    }

    private void awaitHealed(String level, NodeClient client) throws IOException {
        long startNanos = System.nanoTime();
        Awaitility.await("writes go on at " + level)
                .atMost(HEALED)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> probe(client, Duration.ofSeconds(1)).isOk());
        Figures.publish("store outage level=%s seconds=%d healed after %d ms"
                .formatted(level, OUTAGE.toSeconds(), (System.nanoTime() - startNanos) / 1_000_000));
    }
}
