package io.netsy.etcd.server;

import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.netsy.etcd.load.ClientLoad;
import io.netsy.etcd.server.forwarded.RequestStreams;
import io.netsy.etcd.server.gateway.JsonGateway;
import io.netsy.etcd.server.gateway.Loopback;
import io.netsy.etcd.server.metrics.HealthMetrics;
import io.netsy.etcd.server.metrics.LoadMetrics;
import io.netsy.etcd.server.metrics.PrometheusText;
import io.netsy.etcd.server.metrics.RpcMetrics;
import io.netsy.etcd.server.rpc.CallGates;
import io.netsy.etcd.server.rpc.MessageBytes;
import io.netsy.etcd.server.rpc.MessageLoad;
import io.netsy.etcd.server.tls.ListenerTls;
import io.netsy.etcd.server.tls.TlsException;
import io.netsy.etcd.server.web.CorsHandler;
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
import java.util.List;
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

    /** How long the answers of calls that were ended have to reach their clients. */
    private static final Duration FAREWELL = Duration.ofSeconds(1);

    private final ServerSettings settings;
    private final ServerParts parts;
    private final ServerLimits limits;
    private final RpcMetrics rpcMetrics = new RpcMetrics();
    private final HealthMetrics healthMetrics = new HealthMetrics();
    private final HealthStatusManager grpcHealth = new HealthStatusManager();
    private final CallGates gates;
    private final ClientLoad clients;
    private final HttpRoutes routes = new HttpRoutes();
    private final @Nullable ListenerTls tls;
    private final EventLoopGroup eventLoops;
    private final Loopback loopback;
    private final RequestStreams requestStreams;
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
        this.clients = new ClientLoad(limits.load(), parts.nanoClock());
        this.gates = new CallGates(parts.state(), rpcMetrics, parts.nanoClock());
        this.eventLoops = new MultiThreadIoEventLoopGroup(
                settings.eventLoops(), new DefaultThreadFactory("client-io", false), NioIoHandler.newFactory());
        addRoutes();
        List<ServerServiceDefinition> services = parts.services().stream()
                .map(service -> gates.guard(service, parts.interceptors()))
                .toList();
        this.loopback = Loopback.open(services);
        this.requestStreams = new RequestStreams(services, eventLoops);
        this.server = build(services);
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
        LoadMetrics.write(clients, text);
        return text + parts.metrics().get();
    }

    /**
     * Stops serving, politely; a second call does nothing.
     *
     * <ol>
     *   <li>Say so to health checks.
     *   <li>End streams, and those that still come, with a status that makes clients resume elsewhere.
     *   <li>Accept nothing new.
     *   <li>Let single calls finish, for the drain timeout at most; then end them with the same status.
     *   <li>Close what is left: connections whose clients take nothing.
     * </ol>
     */
    public void stop() {
        if (!stopped.compareAndSet(false, true)) {
            return;
        }
        grpcHealth.enterTerminalState();
        gates.streams().stop();
        requestStreams.stop();
        server.shutdown();
        try {
            if (!server.awaitTermination(settings.drainTimeout().toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn(
                        "{} calls were still under way after {}; ending them",
                        gates.calls().size(),
                        settings.drainTimeout());
                gates.calls().stop();
                server.awaitTermination(FAREWELL.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        loopback.close();
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

    private Server build(List<ServerServiceDefinition> services) {
        JsonGateway gateway = new JsonGateway(loopback, limits.http().maxBodyBytes());
        HttpRoutes clientRoutes = new HttpRoutes()
                .addAll(routes)
                .add(JsonGateway.PREFIX, gateway)
                .add(JsonGateway.FOLDER, HttpRoutes.toFolder())
                .add(JsonGateway.OLD_PREFIX, gateway)
                .addAll(parts.httpHandlers());
        grpcHealth.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, ServingStatus.SERVING);
        NettyServerBuilder builder = NettyServerBuilder.forAddress(settings.client())
                .protocolNegotiator(
                        new PortNegotiator(tls, new CorsHandler(clientRoutes), limits.http(), clients, parts.other()))
                .bossEventLoopGroup(eventLoops)
                .workerEventLoopGroup(eventLoops)
                .channelType(NioServerSocketChannel.class)
                .withOption(ChannelOption.SO_BACKLOG, ACCEPT_BACKLOG)
                .withChildOption(ChannelOption.TCP_NODELAY, true)
                .directExecutor()
                .addStreamTracerFactory(new MessageBytes(rpcMetrics))
                .addStreamTracerFactory(new MessageLoad())
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
        services.forEach(builder::addService);
        if (parts.servesNodes()) {
            builder.addService(requestStreams.service());
        }
        return builder.addService(gates.guard(grpcHealth.getHealthService(), List.of()))
                .build();
    }

    private void listen() throws ServerStartException {
        try {
            server.start();
            clientAddress = (InetSocketAddress) server.getListenSockets().getFirst();
        } catch (IOException failure) {
            throw BindFailure.explain("clients", settings.client(), failure);
        }
        if (settings.metrics() != null) {
            metricsListener = HttpListener.open(settings.metrics(), eventLoops, routes, limits.http(), clients);
        }
        var _ = eventLoops.scheduleWithFixedDelay(
                gates.streams()::checkLeader,
                limits.leaderCheckInterval().toMillis(),
                limits.leaderCheckInterval().toMillis(),
                TimeUnit.MILLISECONDS);
        if (tls != null) {
            watchCertificates(tls);
        }
        LOG.info(
                "listening for {} address={} tls={}",
                parts.servesNodes() ? "nodes" : "clients",
                clientAddress(),
                tls != null);
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
