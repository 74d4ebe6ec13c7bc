package io.netsy.replication.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netsy.replication.core.PeerMessage;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Peers that are none, over real sockets: one reason for both sides, one line in each log, no memory. */
class HostilePeerTest {
    private static final byte[] PREAMBLE = Messages.bytes(MessageWriter.preamble());
    private static final byte[] HELLO = Messages.bytes(Messages.hello("a"));

    private final Loopback loopback = new Loopback();

    @AfterEach
    void close() {
        loopback.close();
    }

    @Test
    void anotherClusterIsRefusedWithOneLineOnBothSides() throws Exception {
        loopback.listen(Loopback.PATIENT, null);
        UUID other = new UUID(8, 9);

        Loopback.Standby standby = loopback.connect(Messages.hello(other, "stray"));

        String reason = "node stray is of cluster %s, this is cluster %s".formatted(other, Messages.CLUSTER);
        await().until(() -> !standby.closed.isEmpty());
        assertThat(standby.closed).containsExactly("the other side ended the stream: " + reason);
        loopback.close();
        assertThat(loopback.log.lines()).hasSize(2);
        assertThat(loopback.log.lines().getFirst())
                .startsWith("WARN peer refused peer=127.0.0.1:")
                .endsWith(" reason=" + reason);
        assertThat(loopback.log.lines().getLast())
                .startsWith("WARN peer refused this node peer=127.0.0.1:")
                .endsWith(" reason=the other side ended the stream: " + reason);
        assertThat(loopback.primary.streams).isEmpty();
        assertThat(loopback.primary.closed).isEmpty();
    }

    @Test
    void anotherVersionIsToldWhy() throws Exception {
        assertRefused("the peer speaks format version 9, this node version 1", new byte[] {'N', 'S', 'Y', 'P', 9});
    }

    @Test
    void aRefusalIsSaidOnceUntilThatHostHadAStream() throws Exception {
        loopback.listen(Loopback.PATIENT, null);
        PeerClient client = new PeerClient(loopback.group, Loopback.PATIENT, null);
        for (int i = 0; i < 5; i++) {
            refuse(client);
        }
        assertThat(refusals()).hasSize(2);

        Loopback.Standby welcome = connect(client, Messages.hello("a"));
        loopback.primary.stream("a").send(Messages.begin());
        await().until(() -> !welcome.messages.isEmpty());
        loopback.primary.stream("a").close("over");
        await().until(() -> !welcome.closed.isEmpty());
        refuse(client);
        refuse(client);

        assertThat(refusals()).hasSize(4);
    }

    private void refuse(PeerClient client) {
        Loopback.Standby stray = connect(client, Messages.hello(new UUID(8, 9), "stray"));
        await().until(() -> !stray.closed.isEmpty());
    }

    private Loopback.Standby connect(PeerClient client, PeerMessage.Hello hello) {
        Loopback.Standby standby = new Loopback.Standby();
        client.connect("127.0.0.1", loopback.port(), hello, standby);
        return standby;
    }

    private List<String> refusals() {
        return loopback.log.lines().stream()
                .filter(line -> line.contains("node stray is of cluster"))
                .toList();
    }

    @Test
    void garbageIsClosedWithoutAnAnswer() throws Exception {
        loopback.listen(Loopback.PATIENT, null);
        byte[] garbage = new byte[500_000];
        new Random(1).nextBytes(garbage);
        try (Socket socket = loopback.raw(garbage)) {
            assertThat(socket.getInputStream().readAllBytes()).isEmpty();
        }
        assertThat(loopback.log.lines())
                .singleElement()
                .asString()
                .contains("reason=no netsy peer, its first bytes are 73d51abb");
    }

    @Test
    void whatMayNotComeIsToldWhy() throws Exception {
        byte[] report = Messages.bytes(new Messages(1).fromStandby().getFirst());
        assertRefused("REPORT may not come in phase HELLO", PREAMBLE, report);
    }

    @Test
    void aSecondHelloEndsTheStreamOnce() throws Exception {
        assertRefused("HELLO may not come in phase STANDBY", PREAMBLE, HELLO, HELLO);
        assertThat(loopback.primary.closed).containsExactly("HELLO may not come in phase STANDBY");
    }

    @Test
    void aFrameToThePrimaryEndsTheStream() throws Exception {
        assertRefused("SEND may not come in phase STANDBY", PREAMBLE, HELLO, Messages.bytes(Messages.frame(900_000)));
        assertThat(loopback.primary.messages).isEmpty();
    }

    @Test
    void anUnknownTypeEndsTheStream() throws Exception {
        assertRefused("a message of unknown type 77 and length 9", PREAMBLE, HELLO, new byte[] {0, 0, 0, 9, 77});
    }

    private void assertRefused(String reason, byte[]... parts) throws IOException {
        loopback.listen(Loopback.PATIENT, null);
        try (Socket socket = loopback.raw(parts)) {
            assertThat(lastWords(socket)).isEqualTo(new PeerMessage.Bye(reason));
        }
        assertThat(loopback.log.lines())
                .singleElement()
                .asString()
                .startsWith("WARN peer refused peer=127.0.0.1:")
                .endsWith(" reason=" + reason);
    }

    private static @Nullable PeerMessage lastWords(Socket socket) throws IOException {
        byte[] answer = socket.getInputStream().readAllBytes();
        try {
            return new StreamDecoder(Phase.BEGIN).next(Unpooled.wrappedBuffer(answer));
        } catch (WireException notUnderstood) {
            throw new IllegalStateException(notUnderstood);
        }
    }

    @Test
    void giganticLengthsTakeNoMemory() throws Exception {
        loopback.listen(Loopback.PATIENT, null);
        byte[] junk = new byte[200_000];
        byte[] beforeHello = head(Integer.MAX_VALUE, MessageType.HELLO);
        byte[] afterHello = head(Integer.MAX_VALUE, MessageType.REPORT);
        long before = Memory.pooledBytes();
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            sockets.add(
                    i % 2 == 0
                            ? loopback.raw(PREAMBLE, beforeHello, junk)
                            : loopback.raw(PREAMBLE, HELLO, afterHello, junk));
        }
        for (Socket socket : sockets) {
            assertThat(lastWords(socket)).isInstanceOf(PeerMessage.Bye.class);
            socket.close();
        }
        assertThat(Memory.pooledBytes() - before).isLessThan(16 << 20);
        assertThat(loopback.log.lines())
                .as("one for each reason, not one for each try")
                .hasSize(2)
                .allMatch(line -> line.endsWith("of 2147483647 bytes is too short or too long"));
        assertThat(loopback.primary.closed).hasSize(75);
    }

    @Test
    void aFloodAfterTheRefusalIsThrownAwayAndEnds() throws Exception {
        loopback.listen(Loopback.PATIENT, null);
        long before = Memory.pooledBytes();
        try (Socket socket = loopback.raw(PREAMBLE, head(-1, MessageType.HELLO))) {
            flood(socket);
        }
        assertThat(Memory.pooledBytes() - before).isLessThan(16 << 20);
        assertThat(loopback.log.lines()).hasSize(1);
    }

    /** Writes until the other side has had enough. */
    private static void flood(Socket socket) throws IOException {
        OutputStream out = socket.getOutputStream();
        byte[] junk = new byte[100_000];
        try {
            while (true) {
                out.write(junk);
            }
        } catch (SocketException _) {
            assertThat(socket.isConnected()).isTrue();
        }
    }

    private static byte[] head(int length, MessageType type) {
        return ByteBuffer.allocate(5).putInt(length).put(type.code()).array();
    }

    @Test
    void whoDoesNotSayHelloIsClosed() throws Exception {
        loopback.listen(new WireSettings(Duration.ofMillis(200), Duration.ofSeconds(20)), null);
        try (Socket silent = loopback.raw();
                Socket half = loopback.raw(PREAMBLE, new byte[] {0, 0});
                Socket greeted = loopback.raw(PREAMBLE, HELLO)) {
            assertThat(silent.getInputStream().readAllBytes()).isEmpty();
            assertThat(lastWords(half)).isEqualTo(new PeerMessage.Bye("no hello within 200 ms"));
            loopback.primary.stream("a").close("over");
            assertThat(lastWords(greeted)).isEqualTo(new PeerMessage.Bye("over"));
        }
        assertThat(loopback.log.lines())
                .hasSize(2)
                .anyMatch(line -> line.endsWith("no hello within 200 ms"))
                .anyMatch(line -> line.endsWith("over"));
    }

    @Test
    void aStandbyThatFallsSilentIsClosed() throws Exception {
        loopback.listen(new WireSettings(Duration.ofSeconds(20), Duration.ofMillis(300)), null);
        try (Socket socket = loopback.raw(PREAMBLE, HELLO)) {
            assertThat(lastWords(socket)).isEqualTo(new PeerMessage.Bye("nothing came for 300 ms"));
        }
        assertThat(loopback.primary.closed).containsExactly("nothing came for 300 ms");
    }

    @Test
    void aPrimaryThatFallsSilentIsLeft() throws Exception {
        loopback.listen(Loopback.PATIENT, null);
        WireSettings impatient = new WireSettings(Duration.ofSeconds(20), Duration.ofMillis(300));

        Loopback.Standby standby = loopback.connect(Messages.hello("a"), impatient, null);

        await().until(() -> !standby.closed.isEmpty() && !loopback.primary.closed.isEmpty());
        assertThat(standby.closed).containsExactly("nothing came for 300 ms");
        assertThat(loopback.primary.closed).containsExactly("the other side ended the stream: nothing came for 300 ms");
    }

    @Test
    void aServerThatSpeaksSomethingElseIsNamed() throws Exception {
        try (ServerSocket web = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Loopback.Standby standby = new Loopback.Standby();
            new PeerClient(loopback.group, Loopback.PATIENT, null)
                    .connect("127.0.0.1", web.getLocalPort(), Messages.hello("a"), standby);
            try (Socket accepted = web.accept()) {
                accepted.getOutputStream().write("HTTP/1.1 400 Bad\r\n".getBytes(StandardCharsets.US_ASCII));
                byte[] said = accepted.getInputStream().readAllBytes();
                assertThat(said).startsWith(Messages.concat(PREAMBLE, HELLO));
            }
            await().until(() -> !standby.closed.isEmpty());
            assertThat(standby.closed)
                    .singleElement()
                    .asString()
                    .endsWith("no netsy peer, its first bytes are 48545450: it speaks HTTP");
        }
        assertThat(loopback.log.lines()).hasSize(1);
    }

    @Test
    void aListenerThatFailsEndsItsStreamAlone() throws Exception {
        loopback.primary.onMessage = (_, message) -> {
            if (message.equals(new PeerMessage.Confirmed(13))) {
                throw new IllegalStateException("thirteen");
            }
        };
        loopback.listen(Loopback.PATIENT, null);
        Loopback.Standby unlucky = loopback.connect(Messages.hello("unlucky"));
        Loopback.Standby other = loopback.connect(Messages.hello("other"));

        unlucky.stream().send(new PeerMessage.Confirmed(13));
        await().until(() -> !unlucky.closed.isEmpty());
        other.stream().send(new PeerMessage.Confirmed(14));

        await().until(() -> loopback.primary.messages.contains(new PeerMessage.Confirmed(14)));
        assertThat(unlucky.closed).containsExactly("the other side ended the stream: this node failed: thirteen");
        assertThat(loopback.primary.closed).containsExactly("this node failed: thirteen");
        assertThat(other.closed).isEmpty();
    }
}
