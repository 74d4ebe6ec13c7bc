package io.netsy.bench.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.bench.clock.NanoClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class DelayProxyTest {
    private static final Duration DELAY = Duration.ofMillis(20);

    /** Connects through a proxy to a server that echoes. */
    private static void withEcho(Conversation conversation) throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocket server = new ServerSocket(0, 1, loopback);
                DelayProxy proxy = DelayProxy.start(
                        new InetSocketAddress(loopback, 0),
                        new InetSocketAddress(loopback, server.getLocalPort()),
                        DELAY);
                Socket client = new Socket(loopback, proxy.address().getPort());
                Socket accepted = server.accept()) {
            Thread echo = Thread.ofVirtual().start(() -> echo(accepted));
            conversation.hold(client);
            echo.interrupt();
        }
    }

    private static void echo(Socket socket) {
        try {
            socket.getInputStream().transferTo(socket.getOutputStream());
            socket.shutdownOutput();
        } catch (IOException _) {
            return;
        }
    }

    @FunctionalInterface
    private interface Conversation {
        void hold(Socket client) throws IOException;
    }

    @Test
    void aRequestTakesAsMuchLonger() throws IOException {
        withEcho(client -> {
            long begun = NanoClock.SYSTEM.nanos();
            client.getOutputStream().write(7);
            assertThat(client.getInputStream().read()).isEqualTo(7);
            assertThat(Duration.ofNanos(NanoClock.SYSTEM.nanos() - begun)).isGreaterThanOrEqualTo(DELAY);
        });
    }

    @Test
    void manyBytesArriveInOrder() throws IOException {
        byte[] sent = new byte[1 << 20];
        for (int i = 0; i < sent.length; i++) {
            sent[i] = (byte) ((i * 31) >>> 8);
        }
        withEcho(client -> {
            Thread writer = Thread.ofVirtual().start(() -> write(client, sent));
            assertThat(client.getInputStream().readNBytes(sent.length)).isEqualTo(sent);
            writer.interrupt();
        });
    }

    @Test
    void largeRequestsToASlowReaderDoNotStopTheConnection() throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocket server = new ServerSocket()) {
            server.setReceiveBufferSize(8 << 10);
            server.bind(new InetSocketAddress(loopback, 0));
            try (DelayProxy proxy = DelayProxy.start(
                            new InetSocketAddress(loopback, 0),
                            new InetSocketAddress(loopback, server.getLocalPort()),
                            Duration.ofMillis(1));
                    Socket client = new Socket(loopback, proxy.address().getPort());
                    Socket accepted = server.accept()) {
                accepted.setSoTimeout(5_000);
                for (int i = 0; i < 20; i++) {
                    byte[] request = new byte[(16 << 20) + i * 10_000];
                    Thread writer = Thread.ofVirtual().start(() -> write(client, request));
                    assertThat(accepted.getInputStream().readNBytes(request.length))
                            .hasSameSizeAs(request);
                    join(writer);
                }
            }
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException("the test was interrupted", e);
        }
    }

    private static void write(Socket client, byte[] sent) {
        try {
            client.getOutputStream().write(sent);
        } catch (IOException _) {
            return;
        }
    }
}
