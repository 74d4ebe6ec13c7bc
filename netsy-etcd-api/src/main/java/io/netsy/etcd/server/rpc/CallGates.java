package io.netsy.etcd.server.rpc;

import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.netsy.etcd.port.StateSource;
import io.netsy.etcd.server.metrics.RpcMetrics;
import java.util.List;
import java.util.function.LongSupplier;

/** Puts a gate before every method of a service. */
public final class CallGates {
    private final RpcMetrics metrics;
    private final Admission admission;
    private final SlowCalls slowCalls;
    private final OpenStreams streams;
    private final OpenCalls calls = new OpenCalls();

    /**
     * Gates that share one judgement and one account.
     *
     * @param nanoClock never goes back
     */
    public CallGates(StateSource state, RpcMetrics metrics, LongSupplier nanoClock) {
        this.metrics = metrics;
        this.admission = new Admission(state, metrics);
        this.slowCalls = new SlowCalls(nanoClock);
        this.streams = new OpenStreams(state, nanoClock);
    }

    /** The streams that passed a gate and have not ended. */
    public OpenStreams streams() {
        return streams;
    }

    /** The single calls that passed a gate and have not ended. */
    public OpenCalls calls() {
        return calls;
    }

    /** The service as the server offers it: each method behind its gate, then behind the interceptors, first to last. */
    public ServerServiceDefinition guard(BindableService service, List<ServerInterceptor> interceptors) {
        ServerServiceDefinition inner = ServerInterceptors.interceptForward(service.bindService(), interceptors);
        ServerServiceDefinition.Builder outer =
                ServerServiceDefinition.builder(inner.getServiceDescriptor().getName());
        for (ServerMethodDefinition<?, ?> method : inner.getMethods()) {
            outer.addMethod(gated(method));
        }
        return outer.build();
    }

    Admission admission() {
        return admission;
    }

    SlowCalls slowCalls() {
        return slowCalls;
    }

    private <Q, R> ServerMethodDefinition<Object, R> gated(ServerMethodDefinition<Q, R> definition) {
        MethodDescriptor<Q, R> method = definition.getMethodDescriptor();
        MethodDescriptor<Object, R> outer = method.toBuilder(
                        new Malformed.Reader<>(method.getRequestMarshaller()), method.getResponseMarshaller())
                .build();
        return ServerMethodDefinition.create(outer, new CallGate<>(definition, metrics.register(method), this));
    }
}
