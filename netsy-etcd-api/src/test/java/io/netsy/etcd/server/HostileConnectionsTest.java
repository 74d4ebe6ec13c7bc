package io.netsy.etcd.server;

import static io.netsy.etcd.server.AttackConnection.DATA;
import static io.netsy.etcd.server.AttackConnection.framed;
import static io.netsy.etcd.server.AttackConnection.headersOf;
import static io.netsy.etcd.testkit.Requests.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netsy.etcd.load.LoadLimits;
import io.netsy.etcd.proto.rpc.WatchCreateRequest;
import io.netsy.etcd.proto.rpc.WatchRequest;
import io.netsy.etcd.testkit.WireWatch;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * More connections and watchers than there is room for. The heavy ones run with {@code -Dnetsy.hostile=heavy
 * -Dtest.jvm.args=-Xmx4g} and 20,000 file descriptors.
 */
class HostileConnectionsTest {
    private final List<Socket> sockets = new ArrayList<>();

    @AfterEach
    void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private Socket connect(HostileBed bed, String firstBytes) throws IOException {
        Socket socket = ServerFixture.connect(bed.server);
        sockets.add(socket);
        try {
            socket.getOutputStream().write(firstBytes.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException closed) {
            return socket;
        }
        return socket;
    }

    @Test
    void connectionsThatSayNothingMakeRoomForOthers() throws Exception {
        try (HostileBed bed = new HostileBed()) {
            for (int i = 0; i < 2_000; i++) {
                connect(bed, "");
            }
            bed.assertHeldOut();
            assertThat(bed.held("netsy_client_connections ")).isLessThanOrEqualTo(300);
            assertThat(bed.held("netsy_client_connections_closed_total")).isGreaterThan(1_000);
            bed.assertNothingStays();
        }
    }

    @Test
    void connectionsThatSpeakAndThenFallSilentMakeRoomForOthers() throws Exception {
        try (HostileBed bed = new HostileBed()) {
            for (int i = 0; i < 1_000; i++) {
                connect(bed, i % 2 == 0 ? "GET /health HT" : "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0");
            }
            bed.assertHeldOut();
            assertThat(bed.held("netsy_client_connections ")).isLessThanOrEqualTo(300);
        }
    }

    @Test
    void aConnectionWithACallOutlivesIdleOnes() throws Exception {
        try (HostileBed bed = new HostileBed();
                WireWatch quiet = new WireWatch(bed.etcd.connect())) {
            quiet.created("quiet", UnaryOperator.identity());
            for (int i = 0; i < 1_000; i++) {
                connect(bed, "");
            }
            bed.assertHeldOut();
            assertThat(quiet.isOpen()).isTrue();
        }
    }

    @Test
    void watchersOnOneStreamAreBounded() throws Exception {
        byte[] create = framed(WatchRequest.newBuilder()
                .setCreateRequest(WatchCreateRequest.newBuilder().setKey(bytes("quiet")))
                .build()
                .toByteArray());
        try (HostileBed bed = new HostileBed()) {
            AttackConnection attacker =
                    bed.keep(AttackConnection.greeted(bed.server, new byte[] {0, 4, 0x7f, -1, -1, -1}));
            Thread reader = attacker.readInBackground();
            bed.attack(attacker, connection -> {
                connection.frame(8, 0, 0, new byte[] {0x7f, 0, 0, 0});
                connection.call(1, headersOf("/etcdserverpb.Watch/Watch"));
                for (int i = 0; i < 100_000; i++) {
                    connection.frame(DATA, 0, 1, create);
                }
            });
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> bed.held("netsy_client_held_bytes{memory=\"heap\"}") > 20 << 20
                            || bed.held("netsy_client_connections_closed_total") > 0);
            bed.assertHeldOut();
            bed.assertNothingStays();
            reader.join(Duration.ofSeconds(10));
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "netsy.hostile", matches = "heavy")
    void nineThousandConnectionsInAProcessThatHasRoomForThem() throws Exception {
        try (HostileBed bed = new HostileBed(new LoadLimits(600 << 20, 300 << 20, 9_500))) {
            for (int i = 0; i < 9_000; i++) {
                connect(bed, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0");
            }
            bed.assertHeldOut();
            assertThat(bed.held("netsy_client_connections ")).isGreaterThanOrEqualTo(9_000);
            assertThat(bed.held("netsy_client_connections_closed_total")).isZero();
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "netsy.hostile", matches = "heavy")
    void aHundredThousandWatchStreamsInAProcessThatHasRoomForThem() throws Exception {
        byte[] watch = headersOf("/etcdserverpb.Watch/Watch");
        byte[] create = framed(WatchRequest.newBuilder()
                .setCreateRequest(WatchCreateRequest.newBuilder().setKey(bytes("bystander")))
                .build()
                .toByteArray());
        try (HostileBed bed = new HostileBed(new LoadLimits(2L << 30, 1L << 30, 9_500))) {
            assertThat(bed.attack(attacker -> {
                        for (int i = 0; i < 100_000; i++) {
                            attacker.call(2 * i + 1, watch).frame(DATA, 0, 2 * i + 1, create);
                        }
                    }))
                    .isFalse();
            await().atMost(Duration.ofMinutes(2))
                    .until(() -> bed.etcd.hub.stats().watchers() > 100_000);
            bed.bystander.assertUnaffected();
        }
    }
}
