package io.netsy.etcd.server.web;

/** Answers HTTP/1.1 requests. */
@FunctionalInterface
public interface HttpHandler {
    /**
     * Takes a whole request. Runs on the connection's event loop, so it must not block; the answer may come later, from
     * any thread. An exception is answered with status 500.
     */
    void handle(HttpExchange exchange);
}
