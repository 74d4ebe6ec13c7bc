package io.netsy.node.objectstore.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * An HTTP/1.1 server on the loopback address that does with each request what a test says, down to breaking the
 * connection in the middle, and remembers every request that reached it.
 */
public final class ScriptedHttpServer implements AutoCloseable {

    private final ServerSocket listener;
    private final Function<Request, Reply> script;
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closed = new CountDownLatch(1);

    private ScriptedHttpServer(ServerSocket listener, Function<Request, Reply> script) {
        this.listener = listener;
        this.script = script;
    }

    /** A request as it was received, whole. */
    public record Request(String method, String target, Map<String, String> headers, String body, int onConnection) {}

    /** What to do with a request. */
    public sealed interface Reply {
        /** Answer, keeping the connection. */
        record Answer(int status, Map<String, String> headers, String body) implements Reply {}

        /** Announce a longer body than is sent, then close the connection. */
        record Truncated(Map<String, String> headers, String sent, int announcedBytes) implements Reply {}

        /** Announce a body that comes byte by byte, each sooner than any reader gives up, and never ends. */
        record Trickle(Map<String, String> headers) implements Reply {}

        /** Close the connection with a reset, without an answer. */
        record Reset() implements Reply {}

        /** Close the connection in order, without an answer. */
        record Close() implements Reply {}

        /** Never answer. */
        record Hang() implements Reply {}
    }

    public static ScriptedHttpServer start(Function<Request, Reply> script) throws IOException {
        ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        ScriptedHttpServer server = new ScriptedHttpServer(listener, script);
        Thread.ofVirtual().name("scripted-http-accept").start(server::accept);
        return server;
    }

    /** An error as S3 writes it. */
    public static Reply s3Error(int status, String code, Map<String, String> headers) {
        String body = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>" + code + "</Code><Message>scripted "
                + code + "</Message><RequestId>REQ1</RequestId></Error>";
        return new Reply.Answer(status, headers, body);
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort());
    }

    /** All requests that were received whole, in order. */
    public List<Request> requests() {
        return List.copyOf(requests);
    }

    @Override
    public void close() throws IOException {
        closed.countDown();
        listener.close();
        for (Socket connection : connections) {
            connection.close();
        }
    }

    private void accept() {
        try {
            for (int number = 1; !listener.isClosed(); number++) {
                Socket connection = listener.accept();
                int onConnection = number;
                connections.add(connection);
                Thread.ofVirtual().name("scripted-http").start(() -> serve(connection, onConnection));
            }
        } catch (IOException e) {
            closed.countDown();
        }
    }

    private void serve(Socket connection, int number) {
        try (connection) {
            InputStream in = new BufferedInputStream(connection.getInputStream());
            OutputStream out = new BufferedOutputStream(connection.getOutputStream());
            boolean open = true;
            while (open) {
                String requestLine = line(in);
                if (requestLine.isEmpty()) {
                    return;
                }
                Request request = read(requestLine, in, number);
                requests.add(request);
                open = reply(script.apply(request), request, connection, out);
            }
        } catch (IOException | InterruptedException e) {
            connections.remove(connection);
        }
    }

    private boolean reply(Reply reply, Request request, Socket connection, OutputStream out)
            throws IOException, InterruptedException {
        return switch (reply) {
            case Reply.Answer answer -> {
                byte[] body = request.method().equals("HEAD")
                        ? new byte[0]
                        : answer.body().getBytes(UTF_8);
                write(out, answer.status(), answer.headers(), body, body.length);
                yield true;
            }
            case Reply.Truncated cut -> {
                write(out, 200, cut.headers(), cut.sent().getBytes(UTF_8), cut.announcedBytes());
                yield false;
            }
            case Reply.Trickle trickle -> {
                write(out, 200, trickle.headers(), new byte[0], Integer.MAX_VALUE);
                while (!closed.await(100, TimeUnit.MILLISECONDS)) {
                    out.write('.');
                    out.flush();
                }
                yield false;
            }
            case Reply.Reset reset -> {
                connection.setSoLinger(true, 0);
                yield false;
            }
            case Reply.Close close -> false;
            case Reply.Hang hang -> {
                closed.await();
                yield false;
            }
        };
    }

    private static void write(
            OutputStream out, int status, Map<String, String> headers, byte[] body, int announcedBytes)
            throws IOException {
        StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " Scripted\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        head.append("Content-Length: ").append(announcedBytes).append("\r\n\r\n");
        out.write(head.toString().getBytes(ISO_8859_1));
        out.write(body);
        out.flush();
    }

    private static Request read(String requestLine, InputStream in, int number) throws IOException {
        String[] parts = requestLine.split(" ", 3);
        Map<String, String> headers = new TreeMap<>();
        for (String header = line(in); !header.isEmpty(); header = line(in)) {
            int colon = header.indexOf(':');
            headers.put(
                    header.substring(0, colon).toLowerCase(Locale.ROOT),
                    header.substring(colon + 1).strip());
        }
        int sizeBytes = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        byte[] body = in.readNBytes(sizeBytes);
        if (body.length < sizeBytes) {
            throw new SocketException("the client left in the middle of its body");
        }
        return new Request(parts[0], parts[1], headers, new String(body, UTF_8), number);
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            if (c != '\r') {
                line.write(c);
            }
        }
        return line.toString(ISO_8859_1);
    }
}
