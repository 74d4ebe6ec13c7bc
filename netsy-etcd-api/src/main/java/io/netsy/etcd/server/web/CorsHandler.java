package io.netsy.etcd.server.web;

/**
 * Lets pages of every origin read answers, and answers their browsers' questions whether they may: etcd's default
 * (etcd semantics, section 18).
 */
public final class CorsHandler implements HttpHandler {
    private final HttpHandler next;

    /** Stands before another handler. */
    public CorsHandler(HttpHandler next) {
        this.next = next;
    }

    @Override
    public void handle(HttpExchange exchange) {
        exchange.answerHeader("Access-Control-Allow-Methods", "POST, GET, OPTIONS, PUT, DELETE");
        exchange.answerHeader("Access-Control-Allow-Origin", "*");
        exchange.answerHeader("Access-Control-Allow-Headers", "accept, content-type, authorization");
        if (exchange.method().equals("OPTIONS")) {
            exchange.respond(HttpReply.text(200, ""));
        } else {
            next.handle(exchange);
        }
    }

    @Override
    public boolean takesPieces(String path) {
        return next.takesPieces(path);
    }

    @Override
    public boolean takesWebSockets(String path) {
        return next.takesWebSockets(path);
    }
}
