package io.netsy.etcd.server.rpc;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.load.ConnectionLoad;
import io.netsy.etcd.server.metrics.MethodMetrics;

/**
 * Stands before the handler of one method: counts, refuses what the metadata rules out, answers compressed requests
 * compressed, and notices slow calls. Everything that depends on the method is looked up once, here.
 */
final class CallGate<Q, R> implements ServerCallHandler<Object, R> {
    private static final Metadata.Key<String> ENCODING =
            Metadata.Key.of("grpc-encoding", Metadata.ASCII_STRING_MARSHALLER);
    private static final String GZIP = "gzip";

    private final MethodDescriptor<Q, R> method;
    private final boolean unary;
    private final MethodMetrics metrics;
    private final CallGates gates;
    private final ServerCallHandler<Q, R> handler;

    CallGate(ServerMethodDefinition<Q, R> definition, MethodMetrics metrics, CallGates gates) {
        this.method = definition.getMethodDescriptor();
        this.unary = method.getType() == MethodDescriptor.MethodType.UNARY;
        this.metrics = metrics;
        this.gates = gates;
        this.handler = definition.getServerCallHandler();
    }

    /**
     * Lets a call in, or not.
     *
     * <ol>
     *   <li>Count it.
     *   <li>Answer in the encoding of the question.
     *   <li>Close it with etcd's error when its connection holds too much already, or the metadata rules it out.
     *   <li>Hand it to the handler, wrapped so that its end is counted, and the server can cut it.
     * </ol>
     */
    @Override
    public ServerCall.Listener<Object> startCall(ServerCall<Object, R> call, Metadata headers) {
        metrics.started();
        if (GZIP.equals(headers.get(ENCODING))) {
            call.setCompression(GZIP);
        }
        EtcdError refusal = ConnectionLoad.of(call.getAttributes()).isOverloaded()
                ? EtcdError.TOO_MANY_REQUESTS
                : gates.admission().refusal(headers, !unary);
        if (refusal != null) {
            metrics.handled(refusal.status().getCode());
            call.close(refusal.status(), new Metadata());
            return new Refused();
        }
        return unary ? unary(call, headers) : stream(call, headers);
    }

    private ServerCall.Listener<Object> unary(ServerCall<Object, R> call, Metadata headers) {
        UnaryCall<Q, R> counted = new UnaryCall<>(call, method, metrics, gates.slowCalls(), gates.calls());
        gates.calls().add(counted);
        UnaryCall.Listener<Q> listener = new UnaryCall.Listener<>(handler.startCall(counted, headers), counted);
        counted.opened(listener);
        return listener;
    }

    private ServerCall.Listener<Object> stream(ServerCall<Object, R> call, Metadata headers) {
        StreamCall<Q, R> guarded = new StreamCall<>(call, method, metrics, Admission.needsLeader(headers));
        StreamCall.Listener<Q> listener =
                new StreamCall.Listener<>(handler.startCall(guarded, headers), guarded, gates.streams());
        guarded.opened(listener);
        gates.streams().add(guarded);
        return listener;
    }

    /** Ignores what still comes for a call that was refused. */
    private static final class Refused extends ServerCall.Listener<Object> {}
}
