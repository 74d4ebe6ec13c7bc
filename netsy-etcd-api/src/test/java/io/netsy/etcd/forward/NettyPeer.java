package io.netsy.etcd.forward;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** A server on a free loopback port. */
final class NettyPeer implements AutoCloseable {
    private final Server server;

    NettyPeer(@Nullable SslContext tls, BindableService... services) throws IOException {
        NettyServerBuilder builder = NettyServerBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .directExecutor();
        if (tls != null) {
            builder.sslContext(tls);
        }
        for (BindableService service : services) {
            builder.addService(service);
        }
        server = builder.build().start();
    }

    int port() {
        return server.getPort();
    }

    /** Ends all calls and connections. */
    void kill() {
        server.shutdownNow();
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
