package io.netsy.etcd.server.gateway;

import io.netsy.etcd.server.web.BodyReader;
import io.netsy.etcd.server.web.HttpExchange;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;

/**
 * Takes the one request of a body: its first JSON object, and the empty one where there is none. What follows is read
 * and dropped, so that it is noticed when the client leaves.
 */
final class FirstRequest implements BodyReader {
    private static final byte[] EMPTY = "{}".getBytes(StandardCharsets.US_ASCII);

    private final HttpExchange exchange;
    private final JsonValues values;
    private final Consumer<byte[]> onRequest;
    private final Consumer<String> onFault;
    private boolean done;

    /**
     * A reader that tells once what it found.
     *
     * @param maxBytes of the JSON
     * @param onFault is told why there is no request
     */
    FirstRequest(HttpExchange exchange, int maxBytes, Consumer<byte[]> onRequest, Consumer<String> onFault) {
        this.exchange = exchange;
        this.values = new JsonValues(maxBytes);
        this.onRequest = onRequest;
        this.onFault = onFault;
    }

    @Override
    public void onPiece(byte[] piece) {
        if (!done) {
            List<byte[]> objects = values.add(piece);
            if (!objects.isEmpty()) {
                done = true;
                onRequest.accept(objects.getFirst());
            } else if (values.isBroken()) {
                fail("a JSON object is expected");
            }
        }
        exchange.readMore();
    }

    @Override
    public void onEnd() {
        if (done) {
            return;
        }
        if (values.isIncomplete()) {
            fail("unexpected EOF");
        } else {
            done = true;
            onRequest.accept(EMPTY);
        }
    }

    private void fail(String reason) {
        done = true;
        onFault.accept(reason);
    }
}
