package io.netsy.etcd.forward;

import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Notes the calls that reach a server. */
final class Arrivals implements ServerInterceptor {
    final AtomicInteger cancelled = new AtomicInteger();
    private final List<Arrival> all = new CopyOnWriteArrayList<>();
    private final Runnable event;

    Arrivals() {
        this(() -> {});
    }

    /** @param event what happens with each */
    Arrivals(Runnable event) {
        this.event = event;
    }

    record Arrival(
            String method, Metadata headers, @Nullable Deadline deadline) {}

    /** The methods without their services, in order. */
    List<String> methods() {
        return all.stream().map(Arrival::method).toList();
    }

    Arrival last() {
        return all.getLast();
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        Metadata copy = new Metadata();
        copy.merge(headers);
        all.add(new Arrival(
                String.valueOf(call.getMethodDescriptor().getBareMethodName()),
                copy,
                Context.current().getDeadline()));
        event.run();
        return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
            @Override
            public void onCancel() {
                cancelled.incrementAndGet();
                super.onCancel();
            }
        };
    }
}
