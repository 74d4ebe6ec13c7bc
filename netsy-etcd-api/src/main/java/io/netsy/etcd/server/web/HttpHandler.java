package io.netsy.etcd.server.web;

/** Answers HTTP/1.1 requests. */
@FunctionalInterface
public interface HttpHandler {
    /**
     * Takes a request. Runs on the connection's event loop, so it must not block; the answer may come later, from any
     * thread. An exception is answered with status 500.
     */
    void handle(HttpExchange exchange);

    /** Whether requests of a path are handed over before their bodies are there, which then may be of any length. */
    default boolean takesPieces(String path) {
        return false;
    }

    /**
     * Whether a path may be spoken to over a WebSocket: its messages are the lines of a POST's body, and the lines of
     * the answer its messages.
     */
    default boolean takesWebSockets(String path) {
        return false;
    }
}
