package io.netsy.etcd.server;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** An HTTP/2 connection written by hand, for what a well-behaved client never sends. */
final class RawHttp2 implements AutoCloseable {
    static final int HEADERS = 1;
    static final int GO_AWAY = 7;

    private static final int DATA = 0;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;

    private final Socket socket;
    private final DataOutputStream output;
    private final DataInputStream input;

    RawHttp2(EtcdServer server) throws IOException {
        socket = ServerFixture.connect(server);
        output = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
        input = new DataInputStream(socket.getInputStream());
        output.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        frame(SETTINGS, 0, 0, new byte[0]);
        output.flush();
    }

    /** All at once: the server may close the connection after one of them, and takes no more then. */
    void pings(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            frame(PING, 0, 0, new byte[8]);
        }
        output.flush();
    }

    /** A gRPC call with an empty message and one header whose value may be any bytes. */
    void call(String path, String header, byte[] value) throws IOException {
        call(path, header, value, new byte[0]);
    }

    /** A gRPC call with any bytes as its message. */
    void call(String path, byte[] message) throws IOException {
        call(path, "x-test", new byte[] {'1'}, message);
    }

    private void call(String path, String header, byte[] value, byte[] message) throws IOException {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.write(0x83); // :method POST
        block.write(0x86); // :scheme http
        literal(block, ":path", path.getBytes(StandardCharsets.US_ASCII));
        literal(block, "content-type", "application/grpc".getBytes(StandardCharsets.US_ASCII));
        literal(block, "te", "trailers".getBytes(StandardCharsets.US_ASCII));
        literal(block, header, value);
        frame(HEADERS, END_HEADERS, 1, block.toByteArray());
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        data.writeBytes(new byte[] {0, 0, 0, 0, (byte) message.length});
        data.writeBytes(message);
        frame(DATA, END_STREAM, 1, data.toByteArray());
        output.flush();
    }

    /** The payload of the next frame of a type, one character per byte. */
    String payload(int wantedType) throws IOException {
        while (true) {
            int length = input.readUnsignedByte() << 16 | input.readUnsignedShort();
            int type = input.readUnsignedByte();
            input.skipNBytes(5);
            byte[] payload = input.readNBytes(length);
            if (type == wantedType) {
                return new String(payload, StandardCharsets.ISO_8859_1);
            }
        }
    }

    private static void literal(ByteArrayOutputStream block, String name, byte[] value) {
        block.write(0);
        block.write(name.length());
        block.writeBytes(name.getBytes(StandardCharsets.US_ASCII));
        block.write(value.length);
        block.writeBytes(value);
    }

    private void frame(int type, int flags, int stream, byte[] payload) throws IOException {
        output.writeByte(0);
        output.writeShort(payload.length);
        output.writeByte(type);
        output.writeByte(flags);
        output.writeInt(stream);
        output.write(payload);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
