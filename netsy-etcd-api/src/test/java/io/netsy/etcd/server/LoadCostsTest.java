package io.netsy.etcd.server;

import static io.netsy.etcd.server.AttackConnection.DATA;
import static io.netsy.etcd.server.AttackConnection.WINDOW_UPDATE;
import static io.netsy.etcd.server.AttackConnection.framed;
import static io.netsy.etcd.server.AttackConnection.headersOf;
import static io.netsy.etcd.testkit.Requests.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netsy.etcd.load.Costs;
import io.netsy.etcd.load.LoadLimits;
import io.netsy.etcd.proto.rpc.WatchCreateRequest;
import io.netsy.etcd.proto.rpc.WatchRequest;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The account of what clients hold is not below what they really take. */
class LoadCostsTest {
    private static final byte[] WATCH = headersOf("/etcdserverpb.Watch/Watch");

    private HostileBed bed;
    private final List<Socket> sockets = new ArrayList<>();

    @BeforeEach
    void open() throws Exception {
        bed = new HostileBed(new LoadLimits(500 << 20, 200 << 20, 5_000));
    }

    @AfterEach
    void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        bed.close();
    }

    @Test
    void aConnection() throws Exception {
        byte[] greeting = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0".getBytes(StandardCharsets.US_ASCII);
        int count = 1_000;
        long before = HostileBed.usedHeap();
        for (int i = 0; i < count; i++) {
            Socket socket = ServerFixture.connect(bed.server);
            sockets.add(socket);
            socket.getOutputStream().write(greeting);
            assertThat(socket.getInputStream().read()).isNotNegative();
        }
        assertThat((HostileBed.usedHeap() - before) / count).isLessThan(Costs.CONNECTION);
    }

    @Test
    void aCall() throws Exception {
        int count = 10_000;
        long before = HostileBed.usedHeap();
        bed.attack(attacker -> {
            for (int i = 0; i < count; i++) {
                attacker.call(2 * i + 1, WATCH);
            }
        });
        await().atMost(Duration.ofSeconds(20)).until(() -> bed.etcd.hub.stats().streams() > count);
        assertThat((HostileBed.usedHeap() - before) / count).isLessThan(Costs.CALL);
    }

    @Test
    void aWatcher() throws Exception {
        int count = 50_000;
        AttackConnection client = bed.keep(AttackConnection.greeted(bed.server, new byte[] {0, 4, 0x7f, -1, -1, -1}));
        long before = HostileBed.usedHeap();
        Thread reader = client.readInBackground();
        bed.attack(client, attacker -> {
            attacker.frame(WINDOW_UPDATE, 0, 0, new byte[] {0x7f, 0, 0, 0}).call(1, WATCH);
            for (int i = 0; i < count; i++) {
                attacker.frame(
                        DATA,
                        0,
                        1,
                        framed(WatchRequest.newBuilder()
                                .setCreateRequest(
                                        WatchCreateRequest.newBuilder().setKey(bytes("quiet/" + i)))
                                .build()
                                .toByteArray()));
            }
        });
        await().atMost(Duration.ofSeconds(60)).until(() -> bed.etcd.hub.stats().watchers() > count);
        assertThat((HostileBed.usedHeap() - before) / count).isLessThan(Costs.WATCHER);
        client.close();
        reader.join(Duration.ofSeconds(10));
    }
}
