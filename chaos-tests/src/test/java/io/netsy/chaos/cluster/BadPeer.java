package io.netsy.chaos.cluster;

import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * Connects to a peer listener with TLS as what must be refused, in turn: garbage, half a handshake, no certificate, a strange
 * one, and a peer that is let in and says what it may not.
 */
final class BadPeer {
    private static final int AT_ONCE = 8;
    private static final int TIMEOUT_MILLIS = 20_000;
    private static final byte[] HALF_A_HELLO = {0x16, 3, 1, 1, 0, 1, 0, 0, (byte) 0xfc, 3, 3, 7, 7, 7};

    /** The preamble of a stream, and a hello of 2 GiB. */
    private static final byte[] GIGANTIC = ByteBuffer.allocate(10)
            .put("NSYP".getBytes(StandardCharsets.US_ASCII))
            .put((byte) 1)
            .putInt(Integer.MAX_VALUE)
            .put((byte) 1)
            .array();

    private final int port;
    private final SSLContext nameless;
    private final SSLContext strange;
    private final SSLContext welcome;

    /** @param authority whose certificates the listener takes */
    BadPeer(int port, PeerAuthority authority) throws Exception {
        this.port = port;
        this.nameless = context(authority.bundle(), null);
        this.strange = context(authority.bundle(), authority.namesake().issue("stranger"));
        this.welcome = context(authority.bundle(), authority.issue("mad"));
    }

    private static SSLContext context(X509Bundle trusted, @Nullable X509Bundle identity)
            throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        KeyManager[] shown =
                identity == null ? null : identity.toKeyManagerFactory().getKeyManagers();
        context.init(shown, trusted.toTrustManagerFactory().getTrustManagers(), new SecureRandom());
        return context;
    }

    /** Makes so many connections and waits until the other side has ended them. */
    void connect(int count) throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
            List<Future<?>> ends = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int kind = i % 5;
                ends.add(threads.submit(() -> connectOnce(kind)));
            }
            for (Future<?> end : ends) {
                end.get();
            }
        }
    }

    private @Nullable Void connectOnce(int kind) throws IOException {
        switch (kind) {
            case 0 -> sayAndWait(garbage());
            case 1 -> sayAndLeave(HALF_A_HELLO);
            case 2 -> sayBehindTls(nameless);
            case 3 -> sayBehindTls(strange);
            default -> sayBehindTls(welcome);
        }
        return null;
    }

    private static byte[] garbage() {
        byte[] garbage = new byte[10_000];
        new Random(1).nextBytes(garbage);
        return garbage;
    }

    private void sayAndLeave(byte[] bytes) throws IOException {
        try (Socket socket = socket()) {
            socket.getOutputStream().write(bytes);
        }
    }

    private void sayAndWait(byte[] bytes) throws IOException {
        try (Socket socket = socket()) {
            socket.getOutputStream().write(bytes);
            awaitEnd(socket);
        }
    }

    private void sayBehindTls(SSLContext context) throws IOException {
        try (SSLSocket socket = socket(context, port)) {
            try {
                socket.getOutputStream().write(GIGANTIC);
            } catch (IOException refused) {
                return;
            }
            awaitEnd(socket);
        }
    }

    private Socket socket() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        return socket;
    }

    private static SSLSocket socket(SSLContext context, int port) throws IOException {
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        return socket;
    }

    /** Or until it is reset, which is an end too; not the time-out. */
    private static void awaitEnd(Socket socket) throws IOException {
        try {
            var _ = socket.getInputStream().readAllBytes();
        } catch (java.net.SocketTimeoutException e) {
            throw e;
        } catch (IOException ended) {
            if (!socket.isConnected()) {
                throw ended;
            }
        }
    }

    /** Connects and asks something; answers the subject of the listener's certificate, or why there was no answer. */
    static String handshake(int port, X509Bundle trusted, X509Bundle identity) throws Exception {
        try (SSLSocket socket = socket(context(trusted, identity), port)) {
            socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            if (socket.getInputStream().read() < 0) {
                return "refused: closed";
            }
            X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
            return shown.getSubjectX500Principal().getName();
        } catch (IOException refused) {
            return "refused: " + refused.getMessage();
        }
    }
}
