package io.netsy.etcd.server;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.netsy.etcd.server.metrics.HealthMetrics;
import io.netsy.etcd.server.metrics.PrometheusText;
import io.netsy.etcd.server.metrics.RpcMetrics;
import io.netsy.etcd.server.rpc.CallGates;
import io.netsy.etcd.server.rpc.MessageBytes;
import io.netsy.etcd.server.tls.ListenerTls;
import io.netsy.etcd.server.tls.TlsException;
import io.netsy.etcd.server.web.HealthEndpoints;
import io.netsy.etcd.server.web.HttpRoutes;
import io.netsy.etcd.server.web.InfoEndpoints;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The client listener: gRPC and HTTP/1.1 on one port, with etcd's limits (etcd semantics, sections 1, 2 and 18).
 *
 * <p>Handlers run directly on the event loops, since a hand-over to other threads costs more than a request does; they
 * must not block. {@link #start} and {@link #stop} block; the rest is for any thread.
 */
public final class EtcdServer {
    private static final Logger LOG = LoggerFactory.getLogger(EtcdServer.class);

    private static final int FLOW_CONTROL_WINDOW_BYTES = 4 << 20;
    private static final int ACCEPT_BACKLOG = 4096;
    private static final Duration KEEPALIVE_TIME = Duration.ofHours(2);
    private static final Duration KEEPALIVE_TIMEOUT = Duration.ofSeconds(20);

    /** A client that opens and resets streams faster than this only burns the server's time (CVE-2023-44487). */
    private static final int MAX_RESETS_PER_WINDOW = 20_000;

    private static final int RESET_WINDOW_SECONDS = 10;

    private final ServerSettings settings;
    private final ServerParts parts;
    private final ServerLimits limits;
    private final RpcMetrics rpcMetrics = new RpcMetrics();
    private final HealthMetrics healthMetrics = new HealthMetrics();
    private final HealthStatusManager grpcHealth = new HealthStatusManager();
    private final CallGates gates;
    private final HttpRoutes routes = new HttpRoutes();
    private final @Nullable ListenerTls tls;
    private final EventLoopGroup eventLoops;
    private final Server server;
    private final AtomicBoolean stopped = new AtomicBoolean();
    private InetSocketAddress clientAddress;
    private @Nullable HttpListener metricsListener;

    private EtcdServer(ServerSettings settings, ServerParts parts, ServerLimits limits, @Nullable ListenerTls tls) {
        this.settings = settings;
        this.parts = parts;
        this.limits = limits;
        this.clientAddress = settings.client();
        this.tls = tls;
        this.gates = new CallGates(parts.state(), rpcMetrics, parts.nanoClock());
        this.eventLoops = new MultiThreadIoEventLoopGroup(
                settings.eventLoops(), new DefaultThreadFactory("client-io", false), NioIoHandler.newFactory());
        addRoutes();
        this.server = build();
    }

    /**
     * Opens the listeners.
     *
     * @throws ServerStartException when an address can't be had
     * @throws TlsException when the certificates can't serve
     */
    public static EtcdServer start(ServerSettings settings, ServerParts parts)
            throws ServerStartException, TlsException {
        return start(settings, parts, ServerLimits.standard(settings.maxRequestBytes()));
    }

    static EtcdServer start(ServerSettings settings, ServerParts parts, ServerLimits limits)
            throws ServerStartException, TlsException {
        ListenerTls tls = settings.tls() == null ? null : ListenerTls.open(settings.tls(), parts.wallClock());
        EtcdServer server = new EtcdServer(settings, parts, limits, tls);
        boolean started = false;
        try {
            server.listen();
            started = true;
        } finally {
            if (!started) {
                server.stop();
            }
        }
        return server;
    }

    /** The address that clients are served at, with the port that was chosen. */
    public InetSocketAddress clientAddress() {
        return clientAddress;
    }

    /** The additional address for metrics and health, or null. */
    public @Nullable InetSocketAddress metricsAddress() {
        return metricsListener == null ? null : metricsListener.address();
    }

    /** All metrics of the server and of the rest of the node, as {@code /metrics} shows them. */
    public String metrics() {
        PrometheusText text = new PrometheusText();
        rpcMetrics.write(text);
        healthMetrics.write(text);
        return text + parts.metrics().get();
    }

    /**
     * Stops serving, politely; a second call does nothing.
     *
     * <ol>
     *   <li>Say so to health checks, and accept nothing new.
     *   <li>End streams with a status that makes clients resume elsewhere.
     *   <li>Let single calls finish, for the drain timeout at most.
     *   <li>Close what is left.
     * </ol>
     */
    public void stop() {
        if (!stopped.compareAndSet(false, true)) {
            return;
        }
        grpcHealth.enterTerminalState();
        server.shutdown();
        gates.streams().stop();
        try {
            if (!server.awaitTermination(settings.drainTimeout().toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("calls were still under way after {}; closing their connections", settings.drainTimeout());
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        server.shutdownNow();
        if (metricsListener != null) {
            metricsListener.close();
        }
        eventLoops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private void addRoutes() {
        new HealthEndpoints(parts.state(), parts.cluster(), healthMetrics, settings.requestTimeout()).addTo(routes);
        new InfoEndpoints(parts.version(), this::metrics).addTo(routes);
    }

    private Server build() {
        HttpRoutes clientRoutes = new HttpRoutes().addAll(routes).addAll(parts.httpHandlers());
        grpcHealth.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, ServingStatus.SERVING);
        NettyServerBuilder builder = NettyServerBuilder.forAddress(settings.client())
                .protocolNegotiator(new PortNegotiator(tls, clientRoutes, limits.http()))
                .bossEventLoopGroup(eventLoops)
                .workerEventLoopGroup(eventLoops)
                .channelType(NioServerSocketChannel.class)
                .withOption(ChannelOption.SO_BACKLOG, ACCEPT_BACKLOG)
                .withChildOption(ChannelOption.TCP_NODELAY, true)
                .directExecutor()
                .addStreamTracerFactory(new MessageBytes(rpcMetrics))
                .maxInboundMessageSize(settings.maxMessageBytes())
                .maxInboundMetadataSize(limits.maxMetadataBytes())
                .maxConcurrentCallsPerConnection(Integer.MAX_VALUE)
                .flowControlWindow(FLOW_CONTROL_WINDOW_BYTES)
                .maxRstFramesPerWindow(MAX_RESETS_PER_WINDOW, RESET_WINDOW_SECONDS)
                .handshakeTimeout(limits.handshakeTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .permitKeepAliveTime(limits.leastPingInterval().toMillis(), TimeUnit.MILLISECONDS)
                .permitKeepAliveWithoutCalls(false)
                .keepAliveTime(KEEPALIVE_TIME.toMillis(), TimeUnit.MILLISECONDS)
                .keepAliveTimeout(KEEPALIVE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        for (BindableService service : parts.services()) {
            builder.addService(gates.guard(service, parts.interceptors()));
        }
        return builder.addService(grpcHealth.getHealthService()).build();
    }

    private void listen() throws ServerStartException {
        try {
            server.start();
            clientAddress = (InetSocketAddress) server.getListenSockets().getFirst();
        } catch (IOException failure) {
            throw BindFailure.explain("clients", settings.client(), failure);
        }
        if (settings.metrics() != null) {
            metricsListener = HttpListener.open(settings.metrics(), eventLoops, routes, limits.http());
        }
        var _ = eventLoops.scheduleWithFixedDelay(
                gates.streams()::checkLeader,
                limits.leaderCheckInterval().toMillis(),
                limits.leaderCheckInterval().toMillis(),
                TimeUnit.MILLISECONDS);
        if (tls != null) {
            watchCertificates(tls);
        }
        LOG.info("serving clients address={} tls={}", clientAddress(), tls != null);
    }

    /** Reading files blocks, so each look is on a thread of its own; the next is planned when it is done. */
    private void watchCertificates(ListenerTls watched) {
        var _ = eventLoops.schedule(
                () -> Thread.ofVirtual().name("certificates").start(() -> {
                    watched.reload();
                    if (!eventLoops.isShuttingDown()) {
                        watchCertificates(watched);
                    }
                }),
                settings.tlsReloadInterval().toMillis(),
                TimeUnit.MILLISECONDS);
    }
}
