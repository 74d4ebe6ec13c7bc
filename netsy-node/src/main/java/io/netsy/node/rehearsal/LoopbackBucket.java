package io.netsy.node.rehearsal;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * As much of S3 as a node asks for, in memory on the loopback address, so that a rehearsal runs the S3 client for real.
 * Signatures are not checked and nothing is kept: it is no store for data.
 */
public final class LoopbackBucket implements AutoCloseable {
    /** The one bucket's name. */
    public static final String NAME = "rehearsal";

    private static final String PATH = "/" + NAME;
    private static final int NOT_FOUND = 404;
    private static final int PRECONDITION_FAILED = 412;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final SortedMap<String, byte[]> objects = new TreeMap<>();

    private LoopbackBucket(HttpServer server) {
        this.server = server;
    }

    public static LoopbackBucket open() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        LoopbackBucket bucket = new LoopbackBucket(server);
        server.setExecutor(bucket.threads);
        server.createContext("/", bucket::handle);
        server.start();
        return bucket;
    }

    /** Where S3 clients find it. */
    public String endpoint() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            String key = path.length() > PATH.length() + 1 ? path.substring(PATH.length() + 1) : "";
            switch (exchange.getRequestMethod()) {
                case "PUT" -> put(exchange, key);
                case "DELETE" -> delete(exchange, key);
                case "HEAD" -> answer(exchange, object(key), false);
                default -> get(exchange, key);
            }
        }
    }

    private void put(HttpExchange exchange, String key) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        boolean mayPut;
        synchronized (objects) {
            byte[] before = objects.get(key);
            String match = exchange.getRequestHeaders().getFirst("If-Match");
            String noneMatch = exchange.getRequestHeaders().getFirst("If-None-Match");
            mayPut = (noneMatch == null || before == null)
                    && (match == null || (before != null && match.equals(tagOf(before))));
            if (mayPut) {
                objects.put(key, body);
            }
        }
        if (mayPut) {
            exchange.getResponseHeaders().set("ETag", tagOf(body));
            exchange.sendResponseHeaders(200, -1);
        } else {
            fail(exchange, PRECONDITION_FAILED, "PreconditionFailed");
        }
    }

    private void delete(HttpExchange exchange, String key) throws IOException {
        synchronized (objects) {
            objects.remove(key);
        }
        exchange.sendResponseHeaders(204, -1);
    }

    private void get(HttpExchange exchange, String key) throws IOException {
        if (key.isEmpty()) {
            list(exchange);
        } else {
            answer(exchange, object(key), true);
        }
    }

    private byte @Nullable [] object(String key) {
        synchronized (objects) {
            return objects.get(key);
        }
    }

    private static void answer(HttpExchange exchange, byte @Nullable [] body, boolean withBody) throws IOException {
        if (body == null) {
            fail(exchange, NOT_FOUND, "NoSuchKey");
            return;
        }
        exchange.getResponseHeaders().set("ETag", tagOf(body));
        exchange.getResponseHeaders().set("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT");
        exchange.sendResponseHeaders(200, withBody ? body.length : -1);
        if (withBody) {
            exchange.getResponseBody().write(body);
        }
    }

    private void list(HttpExchange exchange) throws IOException {
        String prefix = parameter(exchange, "prefix");
        String after = parameter(exchange, "start-after");
        StringBuilder page = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?><ListBucketResult>");
        synchronized (objects) {
            objects.forEach((key, body) -> {
                if (key.startsWith(prefix) && key.compareTo(after) > 0) {
                    page.append("<Contents><Key>%s</Key><Size>%d</Size>".formatted(key, body.length))
                            .append("<LastModified>2026-01-01T00:00:00.000Z</LastModified></Contents>");
                }
            });
        }
        send(exchange, 200, page.append("<IsTruncated>false</IsTruncated></ListBucketResult>"));
    }

    private static String parameter(HttpExchange exchange, String name) {
        String query = exchange.getRequestURI().getQuery();
        return Arrays.stream(query == null ? new String[0] : query.split("&"))
                .filter(part -> part.startsWith(name + "="))
                .map(part -> part.substring(name.length() + 1))
                .findFirst()
                .orElse("");
    }

    private static void fail(HttpExchange exchange, int status, String code) throws IOException {
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(status, -1);
        } else {
            send(exchange, status, "<Error><Code>%s</Code><Message>%s</Message></Error>".formatted(code, code));
        }
    }

    private static void send(HttpExchange exchange, int status, CharSequence xml) throws IOException {
        byte[] body = xml.toString().getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/xml");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    private static String tagOf(byte[] body) {
        CRC32C checksum = new CRC32C();
        checksum.update(body);
        return "\"" + HexFormat.of().toHexDigits(checksum.getValue()) + "\"";
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
