package io.netsy.etcd.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netsy.etcd.load.LoadLimits;
import io.netsy.etcd.testkit.WireEtcd;
import io.netsy.etcd.watch.WatchSettings;
import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/** A server with little room for clients, a bystander, and a measure of what attacks cost. Closes what it opened. */
final class HostileBed implements AutoCloseable {
    static final LoadLimits LITTLE_ROOM = new LoadLimits(24 << 20, 24 << 20, 300);

    /** Warns of each fault of a client, with a stack trace; kept here, or its level would be forgotten. */
    private static final Logger TALKATIVE = Logger.getLogger("io.grpc");

    private static final long SLACK_BYTES = 64 << 20;
    private static final Duration CONNECT_TIME = Duration.ofSeconds(2);

    final WireEtcd etcd;
    final EtcdServer server;
    final Bystander bystander;
    private final LoadLimits limits;
    private final List<AttackConnection> attackers = new ArrayList<>();
    private final long heapBefore;
    private final long directBefore;

    HostileBed() throws Exception {
        this(LITTLE_ROOM);
    }

    HostileBed(LoadLimits load) throws Exception {
        TALKATIVE.setLevel(Level.SEVERE);
        limits = load;
        ServerLimits standard = ServerLimits.standard(1_572_864);
        etcd = new WireEtcd(
                WatchSettings.DEFAULTS,
                (settings, parts) -> EtcdServer.start(
                        settings.withDrainTimeout(Duration.ofMillis(100)),
                        parts,
                        new ServerLimits(
                                CONNECT_TIME,
                                standard.leastPingInterval(),
                                standard.maxMetadataBytes(),
                                standard.leaderCheckInterval(),
                                standard.http(),
                                load)));
        server = etcd.server;
        bystander = new Bystander(etcd);
        heapBefore = usedHeap();
        directBefore = PlatformDependent.usedDirectMemory();
    }

    /** What an attacker does on its connection. */
    @FunctionalInterface
    interface Attack {
        void on(AttackConnection connection) throws IOException;
    }

    /** Attacks over a new connection that stays open; answers whether the server cut it off while it was at it. */
    boolean attack(Attack attack) throws IOException {
        AttackConnection connection = AttackConnection.greeted(server);
        attackers.add(connection);
        return attack(connection, attack);
    }

    boolean attack(AttackConnection connection, Attack attack) throws IOException {
        try {
            attack.on(connection);
            connection.flush();
            return false;
        } catch (IOException cutOff) {
            return true;
        }
    }

    /** Keeps a connection until the end. */
    AttackConnection keep(AttackConnection connection) {
        attackers.add(connection);
        return connection;
    }

    /** Fails when the bystander suffers, or when more memory is in use than clients may hold, and some. */
    void assertHeldOut() {
        bystander.assertUnaffected();
        assertThat(held("netsy_client_held_bytes{memory=\"heap\"}")).isLessThanOrEqualTo(limits.heapBytes());
        assertThat(held("netsy_client_held_bytes{memory=\"direct\"}")).isLessThanOrEqualTo(limits.directBytes());
        assertThat(usedHeap() - heapBefore).as("heap").isLessThan(limits.heapBytes() + SLACK_BYTES);
        assertThat(PlatformDependent.usedDirectMemory() - directBefore)
                .as("direct memory")
                .isLessThan(2 * limits.directBytes() + SLACK_BYTES);
    }

    /** Fails unless everything that attackers held is given back once they are gone. */
    void assertNothingStays() throws IOException {
        for (AttackConnection attacker : attackers) {
            attacker.close();
        }
        attackers.clear();
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            assertThat(held("netsy_client_connections ")).as("connections").isLessThanOrEqualTo(6);
            assertThat(held("netsy_client_held_bytes{memory=\"heap\"}")).isLessThan(1 << 20);
            assertThat(held("netsy_client_held_bytes{memory=\"direct\"}")).isLessThan(1 << 20);
        });
    }

    /** A figure of the server's own metrics. */
    long held(String series) {
        return server.metrics()
                .lines()
                .filter(line -> line.startsWith(series))
                .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElseThrow();
    }

    static long usedHeap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    @Override
    public void close() throws IOException {
        for (AttackConnection attacker : attackers) {
            attacker.close();
        }
        bystander.close();
        etcd.close();
    }
}
