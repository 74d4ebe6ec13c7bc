package io.netsy.etcd.server.gateway;

import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.inprocess.AnonymousInProcessSocketAddress;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A gRPC connection from this process to itself, without a socket. Handlers run on the thread that calls, answers are
 * taken on virtual threads.
 */
public final class Loopback implements AutoCloseable {
    private final Server server;
    private final ManagedChannel channel;
    private final ExecutorService executor;

    private Loopback(Server server, ManagedChannel channel, ExecutorService executor) {
        this.server = server;
        this.channel = channel;
        this.executor = executor;
    }

    /** Connects to services that are served elsewhere too. */
    public static Loopback open(List<ServerServiceDefinition> services) {
        AnonymousInProcessSocketAddress address = new AnonymousInProcessSocketAddress();
        InProcessServerBuilder builder =
                InProcessServerBuilder.forAddress(address).directExecutor();
        services.forEach(builder::addService);
        Server server = builder.build();
        try {
            server.start();
        } catch (IOException impossible) {
            throw new UncheckedIOException("an address without a name is always free", impossible);
        }
        ExecutorService executor = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("gateway-", 0).factory());
        return new Loopback(
                server,
                InProcessChannelBuilder.forAddress(address).executor(executor).build(),
                executor);
    }

    Channel channel() {
        return channel;
    }

    Executor executor() {
        return executor;
    }

    /** Ends what is still under way. */
    @Override
    public void close() {
        channel.shutdownNow();
        server.shutdownNow();
        executor.shutdown();
    }
}
