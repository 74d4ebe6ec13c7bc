package io.netsy.etcd.forward;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import org.jspecify.annotations.Nullable;

/**
 * A client's call at this node.
 *
 * @param user whom his certificate names, or null
 * @param unknownHere whether only the primary can tell who calls
 * @param handler this node's own
 * @param context the call's, with its deadline
 */
record IncomingCall<Q, R>(
        ServerCall<Q, R> call,
        Metadata headers,
        @Nullable String user,
        boolean unknownHere,
        ServerCallHandler<Q, R> handler,
        Context context) {
    MethodDescriptor<Q, R> method() {
        return call.getMethodDescriptor();
    }

    /** Has this node's own handler take the call. */
    ServerCall.Listener<Q> handleHere() throws Exception {
        return context.call(() -> handler.startCall(call, headers));
    }
}
