package io.netsy.node.objectstore.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Through the proxy to a server that answers every byte with itself. */
final class FaultProxyTest {

    private ServerSocket echo;
    private FaultProxy proxy;

    @BeforeEach
    void start() throws IOException {
        ServerSocket listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        echo = listener;
        Thread.ofVirtual().start(() -> echoForEver(listener));
        proxy = FaultProxy.start(0, new InetSocketAddress(echo.getInetAddress(), echo.getLocalPort()));
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        echo.close();
    }

    private static void echoForEver(ServerSocket listener) {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                Thread.ofVirtual().start(() -> {
                    try (socket) {
                        socket.getInputStream().transferTo(socket.getOutputStream());
                    } catch (IOException e) {
                        assertThat(e).isNotNull();
                    }
                });
            } catch (IOException e) {
                return;
            }
        }
    }

    @Test
    void delaysAddToEachDirection() throws IOException {
        proxy.delay(Duration.ofMillis(60));
        proxy.delayBack(Duration.ofMillis(40));
        try (Socket client = connect()) {
            long start = System.nanoTime();

            assertThat(roundTrip(client, 42)).isEqualTo(42);

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(100));
        }
    }

    /** A sleep per buffer would take 64 KiB per 100 ms: 6 seconds and a half for these. */
    @Test
    void aDelayTakesNothingFromTheThroughput() throws Exception {
        proxy.delay(Duration.ofMillis(100));
        byte[] data = new byte[4 << 20];
        try (Socket client = connect()) {
            long start = System.nanoTime();
            Thread sender = Thread.ofVirtual().start(() -> {
                try {
                    client.getOutputStream().write(data);
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });

            assertThat(client.getInputStream().readNBytes(data.length)).hasSize(data.length);
            sender.join();

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
        }
    }

    @Test
    void anOrderlyEndReachesTheOtherSide() throws IOException {
        try (Socket client = connect()) {
            client.getOutputStream().write(7);
            client.shutdownOutput();

            assertThat(client.getInputStream().readAllBytes()).containsExactly(7);
        }
        Awaitility.await().until(() -> proxy.connections() == 0);
    }

    @Test
    void aBlackholeIsSilentUntilRestored() throws IOException {
        try (Socket client = connect()) {
            assertThat(roundTrip(client, 1)).isEqualTo(1);
            proxy.blackhole();
            client.setSoTimeout(100);

            assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> roundTrip(client, 2));

            proxy.restore();
            client.setSoTimeout(5_000);
            assertThat(client.getInputStream().read()).isEqualTo(2);
        }
    }

    @Test
    void aResetBreaksWhatStandsAndLetsNewOnesPass() throws IOException {
        try (Socket client = connect()) {
            assertThat(roundTrip(client, 1)).isEqualTo(1);

            proxy.reset();

            assertThatExceptionOfType(SocketException.class)
                    .isThrownBy(() -> client.getInputStream().read());
        }
        try (Socket client = connect()) {
            assertThat(roundTrip(client, 3)).isEqualTo(3);
        }
    }

    @Test
    void aCutLetsNobodyPassUntilRestored() throws IOException {
        proxy.cut();
        try (Socket client = connect();
                InputStream in = client.getInputStream()) {
            assertThat(in.read()).isEqualTo(-1);
        }
        proxy.restore();
        try (Socket client = connect()) {
            assertThat(roundTrip(client, 4)).isEqualTo(4);
        }
    }

    private Socket connect() throws IOException {
        return new Socket(proxy.address().getAddress(), proxy.address().getPort());
    }

    private static int roundTrip(Socket client, int value) throws IOException {
        client.getOutputStream().write(value);
        return client.getInputStream().read();
    }
}
