package io.netsy.node.wiring;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.netsy.elector.assignment.Candidacy;
import io.netsy.elector.assignment.ElectorAssignment;
import io.netsy.elector.election.ElectorSettings;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.forward.ForwardingChannel;
import io.netsy.etcd.port.ClusterView;
import io.netsy.etcd.port.LeaderTransfer;
import io.netsy.etcd.server.metrics.MetricType;
import io.netsy.etcd.server.metrics.PrometheusText;
import io.netsy.node.archive.LogArchive;
import io.netsy.node.archive.SnapshotVerifier;
import io.netsy.node.archive.TipFinder;
import io.netsy.node.clock.NodeClock;
import io.netsy.node.clock.SystemClock;
import io.netsy.node.config.ClusterConfig;
import io.netsy.node.config.ElectorConfig;
import io.netsy.node.config.HostPort;
import io.netsy.node.config.NodeConfig;
import io.netsy.node.election.Candidate;
import io.netsy.node.election.ElectorDriver;
import io.netsy.node.election.NodeCalls;
import io.netsy.node.election.SwitchRequests;
import io.netsy.node.peer.PeerChannels;
import io.netsy.node.peer.PeerService;
import io.netsy.node.role.ElectorQuestions;
import io.netsy.node.role.PeerCalls;
import io.netsy.node.term.ObjectRegisterStorage;
import io.netsy.node.wiring.PeerCertificates.Protocol;
import io.netsy.replication.wire.PeerAnswer.Said;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process's part in electing: what it is asked on its listener for peers, how it asks the other nodes, and the elector in it if it is
 * to have one. Used by a node of an elected cluster, and by an elector alone.
 */
final class Election implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Election.class);
    private static final Duration LOOK_EVERY = Duration.ofMillis(500);
    private static final Duration RELEASE_PATIENCE = Duration.ofSeconds(1);

    /** Another elector's election is taken over when nothing came of it for so many times what a silent node is given. */
    private static final int RESUME_SHARE = 5;

    private final Base base;
    private final EventLoopGroup eventLoops = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("netsy-elector-io", true), NioIoHandler.newFactory());
    private final PeerChannels channels;
    private final SwitchRequests requests;
    private final PeerService service;
    private volatile @Nullable ElectorAssignment assignment;
    private volatile @Nullable ElectorDriver driver;

    /** What it stands on. */
    record Base(
            NodeConfig config,
            ClusterConfig cluster,
            ElectorConfig elector,
            NodeClock clock,
            NodeStore store,
            NodeThreads threads,
            MemberBook book) {}

    /**
     * Null when nothing is elected.
     *
     * @param book of a node; null for an elector that is none
     */
    static @Nullable Election open(
            NodeConfig config, NodeClock clock, NodeStore store, NodeThreads threads, @Nullable MemberBook book) {
        ClusterConfig cluster = config.cluster();
        ElectorConfig elector = cluster == null ? null : cluster.elector();
        return cluster == null || elector == null
                ? null
                : new Election(new Base(
                        config,
                        cluster,
                        elector,
                        clock,
                        store,
                        threads,
                        book == null ? new MemberBook(config.name(), cluster) : book));
    }

    private Election(Base base) {
        this.base = base;
        this.channels = new PeerChannels(base.store().clusterId(), this::connect, SystemClock.nanoTime());
        this.requests = new SwitchRequests(base.clock(), base.threads().timer());
        this.service = new PeerService(base.store().clusterId(), base.config().name(), requests::current);
    }

    private ManagedChannel connect(String node) {
        HostPort address = base.book().address(node, "no address of " + node);
        NodeConfig.Certificates certificates = base.cluster().tls();
        Supplier<SslContext> tls = certificates == null ? null : new PeerCertificates(certificates, Protocol.GRPC);
        return ForwardingChannel.to(new ForwardingChannel.Peer(address.host(), address.port(), tls, eventLoops));
    }

    /** How this node asks the others. */
    PeerCalls peers() {
        return channels;
    }

    /** How an elector asks nodes. */
    NodeCalls calls() {
        return channels;
    }

    /** The names of the nodes that configuration knows. */
    Set<String> nodes() {
        return base.cluster().nodes().keySet();
    }

    /** What operators ask of this node. */
    SwitchRequests requests() {
        return requests;
    }

    /** Whether this process is the elector. */
    boolean isElector() {
        ElectorDriver own = driver;
        return own != null && own.isAppointed();
    }

    /** Has the elector, whoever it is, make another node primary. */
    LeaderTransfer transfer(ClusterView members) {
        return target -> requests.ask(target.name(), name -> members.leaderId() == target.id())
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(
                        failure instanceof TimeoutException ? EtcdError.TIMED_OUT.exception() : failure));
    }

    /** For the listener for peers. */
    PeerService service() {
        return service;
    }

    /** Interceptors that leave {@link #service} alone: whom it answers is decided by the listener's certificates. */
    static List<ServerInterceptor> besideService(List<ServerInterceptor> interceptors) {
        return interceptors.stream().<ServerInterceptor>map(BesideService::new).toList();
    }

    private record BesideService(ServerInterceptor inner) implements ServerInterceptor {
        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
            return PeerService.NAME.equals(call.getMethodDescriptor().getServiceName())
                    ? next.startCall(call, headers)
                    : inner.interceptCall(call, headers, next);
        }
    }

    private void seekStrangers() {
        Strangers strangers = new Strangers(base.store().store(), base.book());
        var _ = base.threads().every(Strangers.PERIOD, () -> base.threads().io().execute(strangers::look));
    }

    /** From now on this node answers electors, and is one whenever it is appointed. */
    void start(ElectorQuestions own) {
        service.answerBy(own);
        seekStrangers();
        if (!base.elector().embedded()) {
            return;
        }
        String self = base.config().name();
        NodeCalls calls = (node, word, patience) -> node.equals(self)
                ? own.ask(word).thenApply(answer -> new Said(answer, requests.current()))
                : channels.ask(node, word, patience);
        ElectorAssignment source = elect(calls);
        if (source instanceof Candidacy candidacy) {
            Candidate candidate = new Candidate(candidacy, own);
            Franchise franchise = new Franchise(
                    self, base.book(), new ObjectRegisterStorage(base.store().store()));
            var _ = base.threads().every(LOOK_EVERY, () -> look(franchise, candidate));
        }
    }

    private void look(Franchise franchise, Candidate candidate) {
        if (franchise.isToLook()) {
            base.threads().io().execute(franchise::look);
        }
        if (franchise.mayElect()) {
            candidate.look();
        } else {
            candidate.withdraw();
        }
    }

    /** From now on this process, which is no node, elects whenever it is appointed. */
    void startAlone() {
        seekStrangers();
        ElectorAssignment source = elect(channels);
        if (source instanceof Candidacy candidacy) {
            candidacy.campaign();
        }
    }

    private ElectorAssignment elect(NodeCalls calls) {
        ElectorConfig elector = base.elector();
        ElectorAssignment source = ElectorSources.open(
                elector.source(), base.config().name(), base.store().store(), base.clock());
        if (elector.source() instanceof ElectorConfig.Source.Static(String node)
                && !base.book().knows(node)) {
            LOG.info("the elector is '{}', which is no node: it must run as netsy elector --name {}", node, node);
        }
        ElectorDriver newDriver = driver(source, calls);
        assignment = source;
        driver = newDriver;
        base.book().onChange(() -> tellMembers(newDriver));
        base.book().onMove(channels::forget);
        newDriver.start();
        source.start();
        return source;
    }

    /** An elector that is not started yet. */
    ElectorDriver driver(ElectorAssignment source, NodeCalls calls) {
        LogArchive archive = archive();
        TipFinder tips = tips();
        ElectorDriver newDriver = new ElectorDriver(new ElectorDriver.Parts(
                settings(),
                source,
                new ObjectRegisterStorage(base.store().store()),
                () -> !archive.isEmpty(),
                tips::find,
                calls,
                base.clock(),
                base.threads().io()));
        tellMembers(newDriver);
        return newDriver;
    }

    private LogArchive archive() {
        return new LogArchive(base.store().store(), base.store().clusterId());
    }

    /** Finds the end of the chain in the bucket. */
    TipFinder tips() {
        return new TipFinder(
                archive(),
                new SnapshotVerifier(base.store().store(), base.store().clusterId()),
                base.threads().io());
    }

    private void tellMembers(ElectorDriver elector) {
        elector.membersAre(List.copyOf(base.book().names()), base.book().candidates());
    }

    /** An elector names its own node last: it had better not be where the primary is. */
    private ElectorSettings settings() {
        ElectorConfig elector = base.elector();
        return new ElectorSettings(
                base.config().name(),
                List.copyOf(base.book().names()),
                base.book().candidates(),
                base.config().lease().readLease(),
                elector.heartbeat(),
                elector.failAfter(),
                elector.failAfter().multipliedBy(RESUME_SHARE),
                elector.heartbeat());
    }

    /** Who the elector is, as far as this process knows; {@code netsy status} reads it. */
    void write(PrometheusText text) {
        ElectorAssignment source = assignment;
        String holder = source == null ? null : source.current().holderOrNull();
        text.family("netsy_elector_info", MetricType.GAUGE, "1 for who the elector is, as far as this node knows.");
        if (source != null && holder != null) {
            text.sample("netsy_elector_info", 1L, "elector", holder, "source", source.describe());
        }
        text.gauge("netsy_elector_appointed", "1 while this node is the elector.", isElector() ? 1L : 0L);
    }

    /** Gives the role back, if this process has it, and is no elector any more. */
    @Override
    public void close() {
        if (assignment instanceof Candidacy candidacy && candidacy.current().isSelf()) {
            candidacy.release(RELEASE_PATIENCE);
        }
        abandon();
        channels.close();
        eventLoops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /** Is no elector any more, as a process that is killed: what it holds runs out. */
    void abandon() {
        ElectorDriver own = driver;
        if (own != null) {
            own.close();
        }
        ElectorAssignment source = assignment;
        if (source != null) {
            source.close();
        }
    }
}
