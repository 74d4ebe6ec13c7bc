package io.netsy.node.peer;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/** The one method: a question as bytes, an answer as bytes; {@link io.netsy.replication.wire.PeerCallCodec} reads them. */
final class PeerMethod {
    static final String SERVICE = "netsy.Peer";

    static final MethodDescriptor<byte[], byte[]> ASK = MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, "Ask"))
            .setRequestMarshaller(new Raw())
            .setResponseMarshaller(new Raw())
            .build();

    private PeerMethod() {}

    /** Bytes as they are. */
    private static final class Raw implements Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] bytes) {
            return new ByteArrayInputStream(bytes);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw Status.INTERNAL.withDescription(e.toString()).withCause(e).asRuntimeException();
            }
        }
    }
}
