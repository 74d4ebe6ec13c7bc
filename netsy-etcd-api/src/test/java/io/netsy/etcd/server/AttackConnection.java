package io.netsy.etcd.server;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/**
 * An HTTP/2 connection that sends what it likes and reads nothing unless it is told to. Writing fails with an
 * {@link IOException} once the server has closed it.
 */
final class AttackConnection implements AutoCloseable {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;

    static final int ACK = 1;
    static final int END_STREAM = 1;
    static final int END_HEADERS = 4;

    private static final int SMALL_BUFFER = 4 << 10;

    private final Socket socket;
    private final OutputStream output;

    AttackConnection(EtcdServer server) throws IOException {
        socket = new Socket();
        socket.setReceiveBufferSize(SMALL_BUFFER);
        socket.connect(server.clientAddress());
        socket.setSoTimeout(10_000);
        output = new BufferedOutputStream(socket.getOutputStream(), 64 << 10);
        output.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    /** A connection that has said hello as a client does, with settings that each take six bytes. */
    static AttackConnection greeted(EtcdServer server, byte... settings) throws IOException {
        return new AttackConnection(server).frame(SETTINGS, 0, 0, settings).frame(SETTINGS, ACK, 0);
    }

    AttackConnection frame(int type, int flags, int stream, byte... payload) throws IOException {
        int length = payload.length;
        output.write(new byte[] {
            (byte) (length >> 16),
            (byte) (length >> 8),
            (byte) length,
            (byte) type,
            (byte) flags,
            (byte) (stream >> 24),
            (byte) (stream >> 16),
            (byte) (stream >> 8),
            (byte) stream
        });
        output.write(payload);
        return this;
    }

    AttackConnection bytes(byte... raw) throws IOException {
        output.write(raw);
        return this;
    }

    /** Begins a call. */
    AttackConnection call(int stream, byte[] headerBlock) throws IOException {
        return frame(HEADERS, END_HEADERS, stream, headerBlock);
    }

    /** A whole call: headers and one message. */
    AttackConnection call(int stream, byte[] headerBlock, byte[] message) throws IOException {
        return call(stream, headerBlock).frame(DATA, END_STREAM, stream, framed(message));
    }

    void flush() throws IOException {
        output.flush();
    }

    /** The header block of a call, without compression. */
    static byte[] headersOf(String path) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.write(0x83); // :method POST
        block.write(0x86); // :scheme http
        literal(block, ":path", path);
        literal(block, "content-type", "application/grpc");
        literal(block, "te", "trailers");
        return block.toByteArray();
    }

    private static void literal(ByteArrayOutputStream block, String name, String value) {
        block.write(0);
        block.write(name.length());
        block.writeBytes(name.getBytes(StandardCharsets.US_ASCII));
        block.write(value.length());
        block.writeBytes(value.getBytes(StandardCharsets.US_ASCII));
    }

    /** A message with the five bytes that gRPC puts before it. */
    static byte[] framed(byte... message) {
        return beginning(message.length, message);
    }

    /** The beginning of a message that is said to be of a length. */
    static byte[] beginning(int length, byte... sent) {
        byte[] framed = new byte[5 + sent.length];
        framed[1] = (byte) (length >> 24);
        framed[2] = (byte) (length >> 16);
        framed[3] = (byte) (length >> 8);
        framed[4] = (byte) length;
        System.arraycopy(sent, 0, framed, 5, sent.length);
        return framed;
    }

    /** Reads until the server closes, and returns the last bytes before; fails when it does not close. */
    String readToEnd() throws IOException {
        flush();
        StringBuilder tail = new StringBuilder();
        byte[] buffer = new byte[64 << 10];
        InputStream input = socket.getInputStream();
        try {
            for (int count = input.read(buffer); count >= 0; count = input.read(buffer)) {
                tail.append(new String(buffer, 0, count, StandardCharsets.ISO_8859_1));
                tail.delete(0, Math.max(0, tail.length() - 4_096));
            }
        } catch (SocketTimeoutException open) {
            throw new AssertionError("the server left the connection open", open);
        } catch (SocketException reset) {
            tail.append(" (reset)");
        }
        return tail.toString();
    }

    /** Reads everything, on a thread of its own, until the connection ends. */
    Thread readInBackground() {
        return Thread.ofVirtual().start(() -> {
            try {
                socket.setSoTimeout(0);
                var _ = socket.getInputStream().transferTo(OutputStream.nullOutputStream());
            } catch (IOException ended) {
                // That is what it waited for.
            }
        });
    }

    @Override
    public void close() throws IOException {
        if (!socket.isClosed()) {
            socket.setSoLinger(true, 0);
            socket.close();
        }
    }
}
