package io.netsy.elector.assignment.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A server on loopback that answers as its handler says, unless it is told to do something else. It remembers what it was
 * asked.
 */
public final class FaultyHttpServer implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Handler handler;
    private final List<Request> requests = new ArrayList<>();
    private volatile @Nullable Fault fault;

    /** What it is asked. */
    public record Request(
            String method,
            String path,
            @Nullable String query,
            @Nullable String token,
            String body) {}

    /** What it answers. */
    public record Answer(int status, String body) {}

    /** What it does when nothing is wrong; called for one request at a time. */
    @FunctionalInterface
    public interface Handler {
        Answer answer(Request request);
    }

    /** What goes wrong. */
    public sealed interface Fault {
        /** This is answered, and nothing is done. */
        record Says(int status, String body) implements Fault {}

        /** Nothing is answered. */
        record Hangs() implements Fault {}

        /** What was asked is done, and nothing is answered. */
        record HangsAfterwards() implements Fault {}

        /** The head of an answer, and half of its body. */
        record StopsHalfway() implements Fault {}

        /** An answer without end. */
        record NeverStops() implements Fault {}
    }

    private FaultyHttpServer(HttpServer server, Handler handler) {
        this.server = server;
        this.handler = handler;
    }

    public static FaultyHttpServer start(Handler handler) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        FaultyHttpServer faulty = new FaultyHttpServer(server, handler);
        server.setExecutor(faulty.threads);
        server.createContext("/", faulty::handle);
        server.start();
        return faulty;
    }

    public URI url() {
        return URI.create("http://127.0.0.1:%d".formatted(server.getAddress().getPort()));
    }

    /** From now on this happens to each request; null for nothing. */
    public void fail(@Nullable Fault newFault) {
        fault = newFault;
    }

    /** What was asked so far. */
    public List<Request> requests() {
        synchronized (requests) {
            return List.copyOf(requests);
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Request request = new Request(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().getPath(),
                    exchange.getRequestURI().getQuery(),
                    exchange.getRequestHeaders().getFirst("Authorization"),
                    new String(exchange.getRequestBody().readAllBytes(), UTF_8));
            synchronized (requests) {
                requests.add(request);
            }
            switch (fault) {
                case null -> send(exchange, answer(request));
                case Fault.Says says -> send(exchange, new Answer(says.status(), says.body()));
                case Fault.Hangs ignored -> hang();
                case Fault.HangsAfterwards ignored -> {
                    answer(request);
                    hang();
                }
                case Fault.StopsHalfway ignored -> {
                    exchange.sendResponseHeaders(200, 1000);
                    exchange.getResponseBody().write("{\"holder\":".getBytes(UTF_8));
                    exchange.getResponseBody().flush();
                    hang();
                }
                case Fault.NeverStops ignored -> {
                    exchange.sendResponseHeaders(200, 0);
                    while (!threads.isShutdown()) {
                        exchange.getResponseBody().write(new byte[1 << 16]);
                    }
                }
            }
        }
    }

    private Answer answer(Request request) {
        synchronized (requests) {
            return handler.answer(request);
        }
    }

    private void hang() {
        while (!threads.isShutdown()) {
            LockSupport.parkNanos(10_000_000);
        }
    }

    private static void send(HttpExchange exchange, Answer answer) throws IOException {
        byte[] body = answer.body().getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    @Override
    public void close() {
        threads.shutdownNow();
        server.stop(0);
    }
}
