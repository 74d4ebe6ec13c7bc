package io.netsy.bench.load;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Open HTTP/2 connections to the servers, all of them driven by one event loop.
 *
 * <p>Answers are delivered on that loop, so whatever runs there needs no locks. One loop is the cheapest way to drive a
 * thousand clients, and leaves the other cores to the server.
 */
public final class Connections implements AutoCloseable {
    private static final int FLOW_CONTROL_WINDOW_BYTES = 4 << 20;
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(15);

    private final Target target;
    private final List<ClientInterceptor> interceptors;
    private final EventLoopGroup group;
    private final List<ManagedChannel> channels = new ArrayList<>();

    private Connections(Target target, List<ClientInterceptor> interceptors) {
        this.target = target;
        this.interceptors = interceptors;
        this.group =
                new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("load", true), NioIoHandler.newFactory());
    }

    /**
     * Opens them all and waits until each stands.
     *
     * @throws IOException when a server does not answer or TLS can't be set up
     */
    public static Connections open(Target target) throws IOException, InterruptedException {
        return open(target, List.of());
    }

    /** The same, with something around each call. */
    static Connections open(Target target, List<ClientInterceptor> interceptors)
            throws IOException, InterruptedException {
        Connections connections = new Connections(target, interceptors);
        try {
            connections.connect();
            return connections;
        } catch (IOException | InterruptedException | RuntimeException failure) {
            connections.close();
            throw failure;
        }
    }

    private void connect() throws IOException, InterruptedException {
        for (int i = 0; i < target.connections(); i++) {
            channels.add(channelTo(endpointOf(i)));
        }
        CountDownLatch unready = new CountDownLatch(channels.size());
        channels.forEach(channel -> awaitReady(channel, unready));
        if (!unready.await(CONNECT_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            throw new IOException("%d of %d connections to %s did not come up within %d s; is the server running?"
                    .formatted(unready.getCount(), channels.size(), target.endpoints(), CONNECT_LIMIT.toSeconds()));
        }
    }

    private Endpoint endpointOf(int connection) {
        return target.endpoints().get(connection % target.endpoints().size());
    }

    private ManagedChannel channelTo(Endpoint endpoint) throws IOException {
        NettyChannelBuilder builder = NettyChannelBuilder.forAddress(endpoint.host(), endpoint.port())
                .eventLoopGroup(group)
                .channelType(NioSocketChannel.class)
                .directExecutor()
                .intercept(interceptors)
                .flowControlWindow(FLOW_CONTROL_WINDOW_BYTES)
                .maxInboundMessageSize(Integer.MAX_VALUE)
                .disableServiceConfigLookUp()
                .disableRetry();
        if (endpoint.tls() || target.tls().isGiven()) {
            return builder.sslContext(sslContext(target.tls())).build();
        }
        return builder.usePlaintext().build();
    }

    private static SslContext sslContext(TlsFiles files) throws IOException {
        SslContextBuilder builder = GrpcSslContexts.forClient();
        if (files.authority() != null) {
            builder.trustManager(files.authority().toFile());
        }
        if (files.certificate() != null && files.key() != null) {
            builder.keyManager(files.certificate().toFile(), files.key().toFile());
        }
        return builder.build();
    }

    private static void awaitReady(ManagedChannel channel, CountDownLatch unready) {
        ConnectivityState state = channel.getState(true);
        if (state == ConnectivityState.READY) {
            unready.countDown();
        } else if (state != ConnectivityState.SHUTDOWN) {
            channel.notifyWhenStateChanged(state, () -> awaitReady(channel, unready));
        }
    }

    /** The connection that this client uses. */
    public ManagedChannel channelOf(int client) {
        return channels.get(client % channels.size());
    }

    /** Takes the connections in turn, one for each call, as a client does that knows several servers. */
    Channel inTurn() {
        return new Channel() {
            private int next;

            @Override
            public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions options) {
                return channelOf(next++ % channels.size()).newCall(method, options);
            }

            @Override
            public String authority() {
                return channelOf(0).authority();
            }
        };
    }

    /** The connections to these servers; all, when none is named. */
    public List<ManagedChannel> channelsTo(Set<Endpoint> servers) {
        return IntStream.range(0, channels.size())
                .filter(connection -> servers.isEmpty() || servers.contains(endpointOf(connection)))
                .mapToObj(channels::get)
                .toList();
    }

    public int size() {
        return channels.size();
    }

    public Target target() {
        return target;
    }

    /** The thread on which every answer arrives. */
    public EventLoop loop() {
        return group.next();
    }

    @Override
    public void close() {
        channels.forEach(ManagedChannel::shutdownNow);
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }
}
