package io.netsy.etcd.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** HTTP/1.1 as no client speaks it: requests that two readers would cut differently, bodies without end, floods. */
class HostileHttpTest {
    private static final String SMUGGLED = "GET /version HTTP/1.1\r\nHost: b\r\n\r\n";

    /** Each says in two ways where it ends, or in one that a lenient reader takes for another. */
    static final List<String> AMBIGUOUS = List.of(
            head("Content-Length: 6", "Transfer-Encoding: chunked") + "0\r\n\r\n",
            head("Transfer-Encoding: chunked", "Content-Length: 6") + "0\r\n\r\n",
            head("Content-Length: 0", "Content-Length: 35"),
            head("Content-Length: 0, 35"),
            head("Content-Length: +0"),
            head("Content-Length: -1"),
            head("Content-Length: 0x23"),
            head("Content-Length: 99999999999999999999"),
            head("Content-Length : 0"),
            head("Transfer-Encoding: chunked, identity") + "0\r\n\r\n",
            head("Transfer-Encoding: xchunked") + "0\r\n\r\n",
            head("Transfer-Encoding: chunked") + "-1\r\n\r\n",
            head("Transfer-Encoding: chunked") + "FFFFFFFFFFFFFFFF0\r\n\r\n",
            head("Transfer-Encoding: chunked") + "0x0\r\n\r\n",
            head("Transfer-Encoding : chunked") + "0\r\n\r\n",
            "POST /version HTTP/1.1\r\nHost: a\r\nA\0: b\r\n\r\n",
            "POST /version HTTP/1.1 \r\nHost: a\r\nNo colon\r\n\r\n",
            "POST /version HTTP/9.9\r\nHost: a\r\n\r\n");

    private HostileBed bed;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();

    @BeforeEach
    void open() throws Exception {
        bed = new HostileBed();
    }

    @AfterEach
    void close() throws Exception {
        closeSockets();
        bed.close();
    }

    private void closeSockets() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private static String head(String... headers) {
        return "POST /version HTTP/1.1\r\nHost: a\r\n" + String.join("\r\n", headers) + "\r\n\r\n";
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Sends so many pieces, or until the server has closed; answers whether it has. */
    private boolean flood(String begin, String piece, int pieces) throws IOException {
        Socket socket = ServerFixture.connect(bed.server);
        sockets.add(socket);
        byte[] bytes = ascii(piece);
        try {
            OutputStream output = new BufferedOutputStream(socket.getOutputStream(), 1 << 16);
            output.write(ascii(begin));
            for (int i = 0; i < pieces; i++) {
                output.write(bytes);
            }
            output.flush();
            return false;
        } catch (IOException closed) {
            return true;
        }
    }

    @ParameterizedTest
    @FieldSource("AMBIGUOUS")
    void aRequestWhoseEndIsUnclearIsTheLastOfItsConnection(String request) throws Exception {
        String answers = ServerFixture.talk(bed.server, ascii(request + SMUGGLED));

        assertThat(answers.split("HTTP/1\\.1 \\d\\d\\d", -1).length - 1)
                .as(answers)
                .isLessThanOrEqualTo(1);
        assertThat(answers).doesNotContain("etcdserver");
    }

    @Test
    void twoRequestsThatAreClearAreTwo() throws Exception {
        String last = "GET /version HTTP/1.1\r\nHost: b\r\nConnection: close\r\n\r\n";
        String answers = ServerFixture.talk(bed.server, ascii(head("Content-Length: 3") + "abc" + last));

        assertThat(answers.split("HTTP/1\\.1 \\d\\d\\d", -1).length - 1).isEqualTo(2);
    }

    @Test
    void bodiesWithoutEndAreCutOff() throws Exception {
        String piece = "x".repeat(1 << 16);
        for (String path : List.of("/v3/kv/put", "/health")) {
            assertThat(flood(
                            "POST " + path + " HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000000\r\n\r\n",
                            piece,
                            2_000))
                    .isTrue();
            assertThat(flood(
                            "POST " + path + " HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
                            "10000\r\n" + piece + "\r\n",
                            2_000))
                    .isTrue();
            assertThat(flood(
                            "POST " + path + " HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
                            "1\r\nx\r\n",
                            5_000_000))
                    .isTrue();
        }
        bed.assertHeldOut();
    }

    @Test
    void headersAndTrailersWithoutEndAreCutOff() throws Exception {
        assertThat(flood("GET /health HTTP/1.1\r\n", "a: b\r\n", 3_000_000)).isTrue();
        assertThat(flood(head("Transfer-Encoding: chunked") + "0\r\n", "a: b\r\n", 3_000_000))
                .isTrue();
        assertThat(flood("GET /", "x", 20_000_000)).isTrue();
        bed.assertHeldOut();
    }

    @Test
    void halfBodiesOnManyConnectionsAreCounted() throws Exception {
        String body = "x".repeat(1 << 20);
        for (int i = 0; i < 100; i++) {
            flood("POST /v3/kv/put HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000\r\n\r\n", body, 1);
        }
        bed.assertHeldOut();
        assertThat(bed.held("netsy_client_connections_closed_total")).isPositive();
    }

    @Test
    void requestsWhoseAnswersAreNeverReadWait() throws Exception {
        Thread flooding = Thread.ofVirtual().start(() -> {
            try {
                flood("", "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n", 1_000_000);
            } catch (IOException closed) {
                // At the end of the test.
            }
        });
        bed.assertHeldOut();
        bed.assertHeldOut();
        closeSockets();
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> !flooding.isAlive());
    }
}
