package io.netsy.etcd.server.gateway;

import static io.netsy.etcd.server.gateway.GatewayBed.header;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.net.URI;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Streams over WebSockets, as section 18 of the etcd semantics has them. */
class GatewayWebSocketTest {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private final Queue<Metadata> seen = new ConcurrentLinkedQueue<>();
    private GatewayBed bed;

    @BeforeEach
    void open() throws Exception {
        bed = new GatewayBed(new ServerInterceptor() {
            @Override
            public <Q, R> ServerCall.Listener<Q> interceptCall(
                    ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
                seen.add(headers);
                return next.startCall(call, headers);
            }
        });
    }

    @AfterEach
    void close() {
        bed.close();
    }

    private WebSocket connect(String path, Messages messages) {
        return bed.http.newWebSocketBuilder().buildAsync(uri(path), messages).join();
    }

    private URI uri(String path) {
        return URI.create("ws://127.0.0.1:" + bed.server.clientAddress().getPort() + path);
    }

    @Test
    void aWatchSpeaksInMessages() {
        Messages messages = new Messages();
        WebSocket socket = connect("/v3/watch", messages);
        socket.sendText("{\"create_request\":{\"key\":\"Zm9v\"}}", true).join();
        await().until(() -> messages.texts.size() == 1);
        assertThat(messages.texts).containsExactly("{\"result\":{" + header(1) + ",\"created\":true}}");

        bed.etcd.put("foo", "bar");
        await().until(() -> messages.texts.size() == 2);
        assertThat(messages.texts.get(1))
                .contains("\"events\":[{\"kv\":{\"key\":\"Zm9v\"")
                .endsWith("]}}");
        socket.sendPing(ByteBuffer.wrap(new byte[] {1})).join();
        await().until(() -> messages.pongs == 1);
        socket.sendText("{\"cancel_request\":", false).join();
        socket.sendText("{}}", true).join();
        await().until(() -> messages.texts.size() == 3);
        assertThat(messages.texts.get(2)).contains("\"canceled\":true");

        socket.sendText("{\"create_request\":{\"key\":\"Zm9v\"}}", true).join();
        await().until(() -> bed.hub.stats().watchers() == 1);
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "enough").join();
        await().until(() -> bed.hub.stats().watchers() == 0);
        await().until(() -> messages.closed == WebSocket.NORMAL_CLOSURE);
    }

    @Test
    void aClientThatIsGoneIsNoticed() {
        Messages messages = new Messages();
        WebSocket socket = connect("/v3/watch", messages);
        socket.sendText("{\"create_request\":{\"key\":\"Zm9v\"}}", true).join();
        await().until(() -> bed.hub.stats().watchers() == 1);

        socket.abort();

        await().until(() -> bed.hub.stats().watchers() == 0);
    }

    @Test
    void anObservationTakesItsRequestFromTheFirstMessage() {
        Messages messages = new Messages();
        WebSocket socket = connect("/v3/election/observe", messages);
        socket.sendText("{\"name\":\"ZQ==\"}", true).join();
        await().until(() -> bed.etcd.keyEvents.size() == 1);

        bed.etcd.put("e/1", "v");

        await().until(() -> messages.texts.size() == 1);
        assertThat(messages.texts.getFirst()).startsWith("{\"result\":{" + header(2) + ",\"kv\":{\"key\":\"ZS8x\"");
        socket.abort();
        await().until(() -> bed.etcd.keyEvents.size() == 0);
    }

    @Test
    void theServersEndOfACallClosesTheSocket() {
        bed.etcd.store.holdConfirmations();
        Messages messages = new Messages();
        WebSocket socket = connect("/v3/election/observe", messages);
        socket.sendText("{}", true).join();
        await().until(() -> bed.etcd.keyEvents.size() == 1);

        bed.etcd.store.refuseConfirmation(io.netsy.etcd.error.EtcdError.TIMED_OUT);

        await().until(() -> messages.closed == WebSocket.NORMAL_CLOSURE);
    }

    @Test
    void aTokenComesAsSubProtocolOrAsCookie() {
        WebSocket socket = bed.http
                .newWebSocketBuilder()
                .subprotocols("Bearer", "abc.1")
                .buildAsync(uri("/v3/watch"), new Messages())
                .join();
        assertThat(socket.getSubprotocol()).isEqualTo("Bearer");
        await().until(() -> !seen.isEmpty());
        assertThat(seen.remove().get(AUTHORIZATION)).isEqualTo("Bearer abc.1");
        socket.abort();

        bed.http
                .newWebSocketBuilder()
                .header("Cookie", "a=b; token=abc.2")
                .buildAsync(uri("/v3/watch"), new Messages())
                .join()
                .abort();
        await().until(() -> !seen.isEmpty());
        assertThat(seen.remove().get(AUTHORIZATION)).isEqualTo("Bearer abc.2");
    }

    @Test
    void onlyStreamsAreSpokenToInMessages() {
        for (String path : List.of("/v3/kv/range", "/health", "/v3/nothing")) {
            assertThatThrownBy(() -> connect(path, new Messages()))
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(WebSocketHandshakeException.class);
        }
    }

    @Test
    void aStoppingServerSaysSo() {
        Messages messages = new Messages();
        WebSocket socket = connect("/v3/watch", messages);
        socket.sendText("{\"create_request\":{\"key\":\"Zm9v\"}}", true).join();
        await().until(() -> messages.texts.size() == 1);

        bed.server.stop();

        await().until(() -> messages.closed != 0);
        assertThat(messages.closed).isIn(WebSocket.NORMAL_CLOSURE, 1001);
    }

    @Test
    void aMessageThatIsTooLargeEndsTheSocket() {
        Messages messages = new Messages();
        WebSocket socket = connect("/v3/watch", messages);
        String part = "x".repeat(1 << 20);
        for (int i = 0; i < 3 && !socket.isOutputClosed(); i++) {
            var _ = socket.sendText(part, false).exceptionally(_ -> socket).join();
        }

        await().until(() -> messages.failed || messages.closed != 0);
    }

    /** What came. */
    private static final class Messages implements WebSocket.Listener {
        final List<String> texts = new CopyOnWriteArrayList<>();
        volatile int pongs;
        volatile int closed;
        volatile boolean failed;
        private final StringBuilder partial = new StringBuilder();

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            partial.append(data);
            if (last) {
                texts.add(partial.toString());
                partial.setLength(0);
            }
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onPong(WebSocket socket, ByteBuffer message) {
            pongs = 1;
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            closed = code;
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable failure) {
            failed = true;
        }
    }
}
