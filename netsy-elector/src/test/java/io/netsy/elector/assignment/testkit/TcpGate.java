package io.netsy.elector.assignment.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A way to a server on this machine that can be cut: connections end, and new ones are closed at once. */
public final class TcpGate implements AutoCloseable {
    private final ServerSocket server;
    private final InetSocketAddress target;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile boolean cut;

    private TcpGate(ServerSocket server, InetSocketAddress target) {
        this.server = server;
        this.target = target;
    }

    /** A gate before the server of this URL. */
    public static TcpGate before(URI url) throws IOException {
        ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        TcpGate gate = new TcpGate(server, new InetSocketAddress(url.getHost(), url.getPort()));
        Thread.ofVirtual().name("gate").start(gate::accept);
        return gate;
    }

    /** The same URL, through the gate. */
    public URI through(URI url) {
        return URI.create("%s://127.0.0.1:%d%s".formatted(url.getScheme(), server.getLocalPort(), url.getRawPath()));
    }

    public void cut() {
        cut = true;
        open.forEach(TcpGate::end);
    }

    public void mend() {
        cut = false;
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket near = server.accept();
                if (cut) {
                    near.close();
                } else {
                    connect(near);
                }
            } catch (IOException ignored) {
                // Closed, or the server behind is away: whoever connected sees the end of its connection.
            }
        }
    }

    private void connect(Socket near) throws IOException {
        Socket far = new Socket();
        try {
            far.connect(target);
        } catch (IOException e) {
            near.close();
            throw e;
        }
        open.add(near);
        open.add(far);
        Thread.ofVirtual().name("gate-there").start(() -> pump(near, far));
        Thread.ofVirtual().name("gate-back").start(() -> pump(far, near));
    }

    private void pump(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException e) {
            // The end of a connection, by whatever way.
        } finally {
            end(from);
            end(to);
            open.remove(from);
            open.remove(to);
        }
    }

    private static void end(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        cut();
    }
}
