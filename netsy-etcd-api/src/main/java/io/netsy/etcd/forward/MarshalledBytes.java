package io.netsy.etcd.forward;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.KnownLength;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Messages as their marshallers write and read them. */
public final class MarshalledBytes {
    private MarshalledBytes() {}

    /** All that a marshaller's stream holds. */
    public static ByteString of(InputStream written) {
        try (written) {
            byte[] bytes = new byte[written.available()];
            int count = written.readNBytes(bytes, 0, bytes.length);
            return UnsafeByteOperations.unsafeWrap(bytes, 0, count);
        } catch (IOException e) {
            throw new UncheckedIOException("a message in memory", e);
        }
    }

    /** What a marshaller reads best. */
    public static InputStream toStream(ByteString bytes) {
        return new Known(bytes.toByteArray());
    }

    private static final class Known extends ByteArrayInputStream implements KnownLength {
        Known(byte[] bytes) {
            super(bytes);
        }
    }
}
