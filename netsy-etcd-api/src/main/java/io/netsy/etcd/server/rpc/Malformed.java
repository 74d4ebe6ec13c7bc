package io.netsy.etcd.server.rpc;

import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.InputStream;

/**
 * What stands in a message's place when its bytes can't be read: it is no message, or too large once decompressed.
 *
 * <p>gRPC itself would answer such bytes with a stack trace in the log and a status that says nothing.
 */
public record Malformed(Status status) {

    /** Reads messages, and bytes that are none as {@link Malformed}. */
    public record Reader<T>(Marshaller<T> marshaller) implements Marshaller<Object> {
        @Override
        public Object parse(InputStream bytes) {
            try {
                return marshaller.parse(bytes);
            } catch (StatusRuntimeException malformed) {
                return new Malformed(LimitWording.reword(malformed.getStatus()));
            }
        }

        /** Requests are only read here. */
        @Override
        public InputStream stream(Object message) {
            throw new UnsupportedOperationException("a server does not write requests");
        }
    }
}
