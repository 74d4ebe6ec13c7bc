package io.netsy.replication.wire;

import static java.util.Objects.requireNonNull;
import static org.awaitility.Awaitility.await;

import io.netsy.replication.core.PeerMessage;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A primary's listener and standbys on loopback, all on one event loop, and what each of them was told. */
final class Loopback implements AutoCloseable {
    static final WireSettings PATIENT = new WireSettings(Duration.ofSeconds(20), Duration.ofSeconds(20));

    final EventLoopGroup group =
            new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("test-wire", true), NioIoHandler.newFactory());
    final Primary primary = new Primary();
    final CapturedLog log = new CapturedLog();
    private @Nullable PeerServer server;

    /** One event loop, so that whatever blocks it blocks all its streams. */
    static EventLoopGroup group() {
        return new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("test-wire", true), NioIoHandler.newFactory());
    }

    static void awaitLatch(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    Loopback listen(WireSettings settings, @Nullable Supplier<SslContext> tls) throws IOException {
        PeerAcceptor acceptor = new PeerAcceptor(Messages.CLUSTER, settings, primary);
        server = PeerServer.listen(group, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), tls, acceptor);
        return this;
    }

    PeerServer server() {
        return requireNonNull(server);
    }

    int port() {
        return server().address().getPort();
    }

    Standby connect(PeerMessage.Hello hello) {
        return connect(hello, PATIENT, null);
    }

    Standby connect(PeerMessage.Hello hello, WireSettings settings, @Nullable Supplier<SslContext> tls) {
        Standby standby = new Standby();
        standby.stream = new PeerClient(group, settings, tls).connect("127.0.0.1", port(), hello, standby);
        return standby;
    }

    /** A connection that says what it wants. */
    Socket raw(byte[]... parts) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port());
        socket.setSoTimeout(20_000);
        socket.getOutputStream().write(Messages.concat(parts));
        return socket;
    }

    @Override
    public void close() {
        if (server != null) {
            server.close();
        }
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
        log.close();
    }

    /** Keeps what a primary is told. */
    static final class Primary implements PeerListener {
        final Map<String, PeerStream> streams = new ConcurrentHashMap<>();
        final List<PeerMessage> messages = new CopyOnWriteArrayList<>();
        final List<String> closed = new CopyOnWriteArrayList<>();
        volatile BiConsumer<PeerStream, PeerMessage> onMessage = (_, _) -> {};

        @Override
        public void onHello(PeerStream stream, PeerMessage.Hello hello) {
            streams.put(hello.identity().nodeId(), stream);
        }

        @Override
        public void onMessage(PeerStream stream, PeerMessage.FromStandby message) {
            onMessage.accept(stream, message);
            messages.add(message);
        }

        @Override
        public void onClosed(PeerStream stream, String reason) {
            closed.add(reason);
        }

        PeerStream stream(String nodeId) {
            await().until(() -> streams.containsKey(nodeId));
            return requireNonNull(streams.get(nodeId));
        }
    }

    /** Keeps what a standby is told. */
    static final class Standby implements PrimaryListener {
        final List<PeerMessage> messages = new CopyOnWriteArrayList<>();
        final List<String> closed = new CopyOnWriteArrayList<>();
        volatile Runnable onMessage = () -> {};

        @Nullable
        PeerStream stream;

        @Override
        public void onMessage(PeerStream from, PeerMessage.FromPrimary message) {
            onMessage.run();
            messages.add(message);
        }

        @Override
        public void onClosed(String reason) {
            closed.add(reason);
        }

        PeerStream stream() {
            return requireNonNull(stream);
        }
    }
}
