package io.netsy.etcd.server.web;

import io.netsy.replication.model.Bytes;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Hands a request to the handler of its path: the exact one first, else that of the longest prefix, else 404. */
public final class HttpRoutes implements HttpHandler {
    private final Map<String, HttpHandler> exact = new LinkedHashMap<>();
    private final Map<String, HttpHandler> prefixes = new LinkedHashMap<>();

    /** Adds a route; a path that ends with a slash stands for everything below it. */
    public HttpRoutes add(String path, HttpHandler handler) {
        (path.endsWith("/") ? prefixes : exact).put(path, handler);
        return this;
    }

    /** Adds all, by path. */
    public HttpRoutes addAll(Map<String, HttpHandler> routes) {
        routes.forEach(this::add);
        return this;
    }

    /** Adds all routes of another. */
    public HttpRoutes addAll(HttpRoutes other) {
        exact.putAll(other.exact);
        prefixes.putAll(other.prefixes);
        return this;
    }

    /** A handler that refuses every method but one, as etcd does. */
    public static HttpHandler only(String method, HttpHandler handler) {
        return exchange -> {
            if (exchange.method().equals(method)) {
                handler.handle(exchange);
            } else {
                exchange.respond(HttpReply.text(405, "Method Not Allowed\n").with("Allow", method));
            }
        };
    }

    /** A handler for a path without its last slash, below which all belongs to one handler: sends clients there. */
    public static HttpHandler toFolder() {
        return exchange -> {
            String folder = exchange.path() + "/";
            HttpReply reply = HttpReply.elsewhere(folder);
            if (exchange.method().equals("GET") || exchange.method().equals("HEAD")) {
                String link = "<a href=\"%s\">Temporary Redirect</a>.\n\n".formatted(folder);
                reply = new HttpReply(reply.status(), "text/html; charset=utf-8", reply.headers(), Bytes.utf8(link));
            }
            exchange.respond(reply);
        };
    }

    @Override
    public void handle(HttpExchange exchange) {
        HttpHandler handler = find(exchange.path());
        if (handler == null) {
            exchange.respond(HttpReply.text(404, "404 page not found\n"));
        } else {
            handler.handle(exchange);
        }
    }

    @Override
    public boolean takesPieces(String path) {
        HttpHandler handler = find(path);
        return handler != null && handler.takesPieces(path);
    }

    @Override
    public boolean takesWebSockets(String path) {
        HttpHandler handler = find(path);
        return handler != null && handler.takesWebSockets(path);
    }

    private @Nullable HttpHandler find(String path) {
        HttpHandler handler = exact.get(path);
        int longest = 0;
        if (handler == null) {
            for (Map.Entry<String, HttpHandler> route : prefixes.entrySet()) {
                if (route.getKey().length() > longest && path.startsWith(route.getKey())) {
                    longest = route.getKey().length();
                    handler = route.getValue();
                }
            }
        }
        return handler;
    }
}
