package io.netsy.etcd.forward;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A TCP connection between two nodes that can be cut: what was sent before has arrived, nothing comes back. */
final class Wire implements AutoCloseable {
    private final ServerSocket near;
    private final int farPort;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();

    Wire(int farPort) throws IOException {
        this.farPort = farPort;
        this.near = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return near.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket from = near.accept();
                Socket to = new Socket(InetAddress.getLoopbackAddress(), farPort);
                sockets.add(from);
                sockets.add(to);
                pump(from, to);
                pump(to, from);
            }
        } catch (IOException closed) {
            cut();
        }
    }

    private static void pump(Socket from, Socket to) {
        Thread.ofVirtual().start(() -> {
            try (InputStream in = from.getInputStream();
                    OutputStream out = to.getOutputStream()) {
                in.transferTo(out);
            } catch (IOException cut) {
                // The other direction ends by itself.
            }
        });
    }

    /** Breaks the connections there are. */
    void cut() {
        for (Socket socket : sockets) {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void close() throws IOException {
        near.close();
        cut();
    }
}
