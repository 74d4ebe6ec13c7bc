package io.netsy.etcd.testkit;

import io.grpc.BindableService;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.ServerInterceptor;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Services behind a real gRPC channel without a socket; handlers run on the caller's thread. */
public final class InProcessServer implements AutoCloseable {
    private static final AtomicLong NAMES = new AtomicLong();

    private final Server server;
    private final ManagedChannel channel;

    public InProcessServer(BindableService... services) {
        this(null, services);
    }

    /** @param interceptor around all of them; null for none */
    public InProcessServer(@Nullable ServerInterceptor interceptor, BindableService... services) {
        String name = "test-" + NAMES.incrementAndGet();
        InProcessServerBuilder builder = InProcessServerBuilder.forName(name).directExecutor();
        for (BindableService service : services) {
            builder.addService(service);
        }
        if (interceptor != null) {
            builder.intercept(interceptor);
        }
        server = builder.build();
        channel = InProcessChannelBuilder.forName(name).directExecutor().build();
        try {
            server.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public ManagedChannel channel() {
        return channel;
    }

    @Override
    public void close() {
        channel.shutdownNow();
        server.shutdownNow();
    }
}
