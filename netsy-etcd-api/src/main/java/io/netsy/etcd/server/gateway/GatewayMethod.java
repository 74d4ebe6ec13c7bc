package io.netsy.etcd.server.gateway;

import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import java.util.Objects;

/**
 * A method as the gateway calls it.
 *
 * @param descriptor of the generated stub
 * @param request the empty request
 */
record GatewayMethod<Q extends Message, R extends Message>(MethodDescriptor<Q, R> descriptor, Q request) {
    static <Q extends Message, R extends Message> GatewayMethod<Q, R> of(MethodDescriptor<Q, R> descriptor) {
        PrototypeMarshaller<Q> marshaller = (PrototypeMarshaller<Q>) descriptor.getRequestMarshaller();
        return new GatewayMethod<>(descriptor, Objects.requireNonNull(marshaller.getMessagePrototype()));
    }

    boolean isUnary() {
        return descriptor.getType() == MethodType.UNARY;
    }

    /** Whether clients send any number of requests. */
    boolean takesRequests() {
        return descriptor.getType() == MethodType.BIDI_STREAMING;
    }
}
