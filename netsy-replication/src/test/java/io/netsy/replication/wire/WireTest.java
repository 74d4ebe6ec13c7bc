package io.netsy.replication.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netsy.replication.core.PeerMessage;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Streams over real sockets. */
class WireTest {
    private static final byte[] PREAMBLE = Messages.bytes(MessageWriter.preamble());

    private final Loopback loopback = new Loopback();

    @BeforeEach
    void listen() throws IOException {
        loopback.listen(Loopback.PATIENT, null);
    }

    @AfterEach
    void close() {
        loopback.close();
    }

    @Test
    void bothSidesHearEachOther() {
        Loopback.Standby standby = loopback.connect(Messages.hello("a"));
        PeerStream toStandby = loopback.primary.stream("a");
        List<PeerMessage> fromStandby = new Messages(1).fromStandby();
        List<PeerMessage> fromPrimary = new ArrayList<>(List.of(Messages.begin()));
        fromPrimary.addAll(new Messages(1).fromPrimary());
        fromPrimary.add(Messages.frame(20_000_000));

        fromStandby.forEach(standby.stream()::send);
        fromPrimary.forEach(toStandby::send);

        await().untilAsserted(() -> assertThat(loopback.primary.messages).isEqualTo(fromStandby));
        await().untilAsserted(() -> assertThat(standby.messages).isEqualTo(fromPrimary));
        await().until(() -> toStandby.unsentBytes() == 0);
        assertThat(toStandby.id()).isNotEqualTo(standby.stream().id());
        assertThat(standby.stream().remote()).isEqualTo("127.0.0.1:" + loopback.port());
        assertThat(toStandby.remote()).startsWith("127.0.0.1:").isNotEqualTo("127.0.0.1:" + loopback.port());
    }

    @Test
    void manySendersKeepTheirOrder() throws Exception {
        Loopback.Standby standby = loopback.connect(Messages.hello("a"));
        PeerStream stream = loopback.primary.stream("a");
        stream.send(Messages.begin());
        CountDownLatch start = new CountDownLatch(1);
        List<Thread> senders = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            int sender = i;
            senders.add(Thread.ofPlatform().start(() -> {
                Loopback.awaitLatch(start);
                for (int n = 0; n < 1_000; n++) {
                    stream.send(new PeerMessage.Index(sender, n));
                }
            }));
        }
        start.countDown();
        for (Thread sender : senders) {
            sender.join();
        }

        stream.close("enough");
        await().until(() -> !standby.closed.isEmpty());

        assertThat(standby.messages).hasSize(8_001);
        Map<Long, Long> next = new HashMap<>();
        for (PeerMessage message : standby.messages.subList(1, 8_001)) {
            PeerMessage.Index index = (PeerMessage.Index) message;
            assertThat(index.index()).isEqualTo(next.getOrDefault(index.question(), 0L));
            next.put(index.question(), index.index() + 1);
        }
        assertThat(standby.closed).containsExactly("the other side ended the stream: enough");
    }

    @Test
    void aReaderThatStallsDelaysNobodyAndHoldsNoCopies() throws Exception {
        PeerMessage.Send frame = Messages.frame(8_000_000);
        try (Socket stalled = loopback.raw(PREAMBLE, Messages.bytes(Messages.hello("stalled")))) {
            Loopback.Standby standby = loopback.connect(Messages.hello("quick"));
            PeerStream slow = loopback.primary.stream("stalled");
            PeerStream quick = loopback.primary.stream("quick");
            slow.send(Messages.begin());
            quick.send(Messages.begin());
            for (int i = 0; i < 10; i++) {
                slow.send(frame);
                quick.send(frame);
            }

            await().until(() -> standby.messages.size() == 11);
            await().until(() -> quick.unsentBytes() == 0);
            assertThat(slow.unsentBytes()).isGreaterThan(60_000_000);
            assertThat(Memory.pooledBytes()).isLessThan(32 << 20);

            byte[] all = stalled.getInputStream()
                    .readNBytes(Messages.bytes(Messages.begin()).length
                            + 10 * (frame.frame().sizeBytes() + 13));
            await().until(() -> slow.unsentBytes() == 0);
            assertThat(all).endsWith(Messages.bytes(frame));
        }
    }

    @Test
    void aStalledReaderIsClosedAllTheSame() throws Exception {
        PeerMessage.Send frame = Messages.frame(30_000_000);
        try (Socket _ = loopback.raw(PREAMBLE, Messages.bytes(Messages.hello("stalled")))) {
            PeerStream slow = loopback.primary.stream("stalled");
            slow.send(Messages.begin());
            slow.send(frame);
            slow.close("too slow");

            await().until(() -> slow.unsentBytes() == 0);
            assertThat(loopback.primary.closed).containsExactly("too slow");
        }
    }

    @Test
    void closeSaysByeBehindWhatWasSentAndTellsEachSideOnce() {
        Loopback.Standby standby = loopback.connect(Messages.hello("a"));
        PeerStream stream = loopback.primary.stream("a");
        stream.send(Messages.begin());
        PeerMessage.Send frame = Messages.frame(3_000_000);
        stream.send(frame);
        stream.close("first");
        stream.close("second");
        stream.send(frame);
        stream.send(new PeerMessage.Bye("third"));
        standby.stream().close("fourth");

        await().until(() -> stream.unsentBytes() == 0 && !standby.closed.isEmpty());
        loopback.close();

        assertThat(loopback.primary.closed).hasSize(1);
        assertThat(standby.closed).hasSize(1);
        assertThat(loopback.log.lines()).hasSize(2).allMatch(line -> line.startsWith("INFO peer stream closed"));
    }

    @Test
    void aByeEndsTheStreamOnBothSides() {
        Loopback.Standby standby = loopback.connect(Messages.hello("a"));
        PeerStream stream = loopback.primary.stream("a");

        standby.stream().send(new PeerMessage.Bye("going home"));

        await().until(() -> !loopback.primary.closed.isEmpty() && !standby.closed.isEmpty());
        loopback.close();
        stream.send(Messages.begin());
        assertThat(stream.unsentBytes()).isZero();
        assertThat(loopback.primary.closed).containsExactly("the other side ended the stream: going home");
        assertThat(standby.closed).containsExactly("going home");
    }

    @Test
    void nothingIsHandedOnAfterClose() throws Exception {
        loopback.primary.onMessage = (stream, _) -> stream.close("no more");
        byte[] reports = Messages.bytes(new PeerMessage.Confirmed(1));
        try (Socket socket = loopback.raw(PREAMBLE, Messages.bytes(Messages.hello("a")), reports, reports, reports)) {
            assertThat(socket.getInputStream().readAllBytes())
                    .isEqualTo(Messages.bytes(new PeerMessage.Bye("no more")));
        }
        assertThat(loopback.primary.messages).containsExactly(new PeerMessage.Confirmed(1));
        assertThat(loopback.primary.closed).containsExactly("no more");
    }

    @Test
    void aListenerOfOtherProtocolsHandsStreamsOver() throws Exception {
        PeerAcceptor acceptor = new PeerAcceptor(Messages.CLUSTER, Loopback.PATIENT, loopback.primary);
        Channel shared = new ServerBootstrap()
                .group(loopback.group)
                .channel(NioServerSocketChannel.class)
                .childHandler(new Sniffing(acceptor))
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel();
        int port = ((InetSocketAddress) shared.localAddress()).getPort();

        Loopback.Standby standby = new Loopback.Standby();
        PeerStream stream = new PeerClient(loopback.group, Loopback.PATIENT, null)
                .connect("localhost", port, Messages.hello("a"), standby);
        stream.send(new PeerMessage.Confirmed(1));
        loopback.primary.stream("a").send(Messages.begin());

        await().until(() -> standby.messages.size() == 1 && loopback.primary.messages.size() == 1);
        acceptor.closeAll("moved");
        await().until(() -> !standby.closed.isEmpty());
        assertThat(standby.closed).containsExactly("the other side ended the stream: moved");
    }

    /** Looks at the first bytes, as a listener does that serves HTTP too. */
    private static final class Sniffing extends ChannelInitializer<SocketChannel> {
        private final PeerAcceptor acceptor;

        Sniffing(PeerAcceptor acceptor) {
            this.acceptor = acceptor;
        }

        @Override
        protected void initChannel(SocketChannel channel) {
            channel.pipeline().addLast(new ByteToMessageDecoder() {
                @Override
                protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
                    if (in.readableBytes() >= 4) {
                        assertThat(PeerAcceptor.isPeer(in)).isTrue();
                        acceptor.install(context.pipeline());
                        context.pipeline().remove(this);
                    }
                }
            });
        }
    }

    @Test
    void aConnectionThatBreaksIsToldOnce() throws Exception {
        Socket socket = loopback.raw(PREAMBLE, Messages.bytes(Messages.hello("a")));
        loopback.primary.stream("a");
        socket.close();

        await().until(() -> !loopback.primary.closed.isEmpty());
        loopback.close();
        assertThat(loopback.primary.closed).containsExactly("the connection was closed without a reason");
    }

    @Test
    void aServerThatStopsSaysSo() {
        Loopback.Standby standby = loopback.connect(Messages.hello("a"));
        loopback.primary.stream("a");

        loopback.server().close();

        await().until(() -> !standby.closed.isEmpty());
        assertThat(standby.closed).containsExactly("the other side ended the stream: this node stops");
        assertThat(loopback.primary.closed).containsExactly("this node stops");
    }

    @Test
    void aConnectionThatCanNotBeMadeNamesTheAddressAndTheCause() throws Exception {
        Loopback.Standby standby = new Loopback.Standby();
        int port = unusedPort();

        PeerStream stream = new PeerClient(loopback.group, Loopback.PATIENT, null)
                .connect("127.0.0.1", port, Messages.hello("a"), standby);

        await().until(() -> !standby.closed.isEmpty() && stream.unsentBytes() == 0);
        loopback.close();
        assertThat(standby.closed)
                .singleElement()
                .asString()
                .startsWith("can't connect to 127.0.0.1:" + port + ": Connection refused");
    }

    private static int unusedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Test
    void aNameThatIsNotKnownIsNamed() {
        Loopback.Standby standby = new Loopback.Standby();
        new PeerClient(loopback.group, Loopback.PATIENT, null)
                .connect("no-such-host.invalid", 1, Messages.hello("a"), standby);

        await().atMost(Duration.ofSeconds(30)).until(() -> !standby.closed.isEmpty());
        assertThat(standby.closed).containsExactly("can't connect to no-such-host.invalid:1: the name is not known");
    }

    @Test
    void aStreamMayBeClosedBeforeItIsConnected() {
        Loopback.Standby standby = loopback.connect(Messages.hello("a"));
        standby.stream().close("changed my mind");

        await().until(() -> !standby.closed.isEmpty());
        loopback.close();
        assertThat(standby.closed).containsExactly("changed my mind");
    }

    @Test
    void anAddressThatIsTakenIsNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            InetSocketAddress address = (InetSocketAddress) taken.getLocalSocketAddress();
            PeerAcceptor acceptor = new PeerAcceptor(Messages.CLUSTER, WireSettings.DEFAULT, loopback.primary);
            assertThatThrownBy(() -> PeerServer.listen(loopback.group, address, null, acceptor))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(":" + address.getPort() + ": ");
        }
    }
}
