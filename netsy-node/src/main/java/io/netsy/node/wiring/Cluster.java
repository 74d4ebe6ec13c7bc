package io.netsy.node.wiring;

import io.grpc.ManagedChannel;
import io.netsy.etcd.forward.CurrentRoute;
import io.netsy.etcd.forward.ForwardingChannel;
import io.netsy.etcd.forward.PrimaryLink;
import io.netsy.etcd.forward.PrimaryRoute;
import io.netsy.etcd.forward.PrimaryRoute.Route;
import io.netsy.etcd.port.ClusterView;
import io.netsy.etcd.port.CommitListener;
import io.netsy.etcd.port.CommittedState;
import io.netsy.node.archive.LogArchive;
import io.netsy.node.clock.NodeClock;
import io.netsy.node.config.ClusterConfig;
import io.netsy.node.config.HostPort;
import io.netsy.node.config.NodeConfig;
import io.netsy.node.datadir.DataDirectory;
import io.netsy.node.datadir.DataDirectoryException;
import io.netsy.node.primary.AppliedLog;
import io.netsy.node.primary.PrimaryTerm;
import io.netsy.node.primary.StandbyStreams;
import io.netsy.node.recovery.OwnLog;
import io.netsy.node.standby.Standby;
import io.netsy.node.term.ObjectRegisterStorage;
import io.netsy.node.wiring.PeerCertificates.Protocol;
import io.netsy.node.writeahead.LogWriter;
import io.netsy.node.writeahead.WriteAheadDamagedException;
import io.netsy.node.writeahead.WriteAheadFile;
import io.netsy.replication.core.PeerMessage.Identity;
import io.netsy.replication.core.Replication;
import io.netsy.replication.core.StandbyEffect.RebuildFromBucket;
import io.netsy.replication.model.LogPosition;
import io.netsy.replication.wire.PeerAcceptor;
import io.netsy.replication.wire.PeerClient;
import io.netsy.replication.wire.WireSettings;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A node's part in a cluster of several: its write-ahead file, and the way to and from the other nodes. */
final class Cluster implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Cluster.class);
    private static final Duration BUCKET_TIMEOUT = Duration.ofSeconds(3);
    private static final long SEGMENT_BYTES = 64 << 20;
    private static final long WINDOW_BYTES = 16 << 20;
    private static final long MEMORY_BYTES = 64 << 20;
    private static final long ARCHIVE_BYTES = 4 << 20;
    private static final int FRAMES_IN_FLIGHT = 2;

    private final Base base;
    private final DataDirectory.Identity identity;
    private final WriteAheadFile file;
    private final LogWriter writer;
    private final PeerSwitch peers;
    private final PeerAcceptor acceptor;
    private final EventLoopGroup eventLoops = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("netsy-peer-io", true), NioIoHandler.newFactory());
    private final CompletableFuture<RebuildFromBucket> rebuild = new CompletableFuture<>();
    private final CurrentRoute route = new CurrentRoute();
    private final Registrations registrations;
    private final @Nullable ManagedChannel primaryChannel;
    private final @Nullable PrimaryLink primaryLink;
    private volatile boolean hasPrimary;

    /** What it stands on. */
    record Base(NodeConfig config, ClusterConfig cluster, NodeClock clock, DataDirectory directory, NodeStore store) {}

    private Cluster(Base base, DataDirectory.Identity identity, WriteAheadFile file) {
        this.base = base;
        this.identity = identity;
        this.file = file;
        this.writer = new LogWriter(file, Cluster::exit);
        this.peers = new PeerSwitch(base.config().name());
        this.acceptor = new PeerAcceptor(base.store().clusterId(), WireSettings.DEFAULT, peers);
        this.registrations = new Registrations(
                base.store().store(),
                base.config().name(),
                base.config().advertisedClientUrls("127.0.0.1"),
                base.cluster().nodes().keySet());
        HostPort primary = address(base.cluster());
        this.primaryChannel = leads()
                ? null
                : ForwardingChannel.to(
                        new ForwardingChannel.Peer(primary.host(), primary.port(), tls(Protocol.GRPC), eventLoops));
        this.primaryLink = primaryChannel == null ? null : PrimaryLink.over(primaryChannel, eventLoops.next());
    }

    private @Nullable Supplier<SslContext> tls(Protocol protocol) {
        NodeConfig.Certificates certificates = base.cluster().tls();
        return certificates == null ? null : new PeerCertificates(certificates, protocol);
    }

    /**
     * Opens the write-ahead file. One that lost what it had flushed is begun anew on what counts as a new disk (brief,
     * section 5).
     */
    static Cluster open(Base base, DataDirectory.Identity identity) throws IOException, DataDirectoryException {
        try {
            WriteAheadFile file = WriteAheadFile.open(base.directory().writeAheadFolder(), SEGMENT_BYTES);
            return new Cluster(base, identity, file);
        } catch (WriteAheadDamagedException e) {
            LOG.error(
                    "the write-ahead file is damaged and begun anew, on what counts as a new disk: {}", e.getMessage());
            DataDirectory.Identity renewed = base.directory().renewDisk(identity, base.clock()::newId);
            WriteAheadFile.delete(base.directory().writeAheadFolder());
            WriteAheadFile file = WriteAheadFile.open(base.directory().writeAheadFolder(), SEGMENT_BYTES);
            return new Cluster(base, renewed, file);
        }
    }

    /** After a failed flush nobody can tell what is on the disk; nothing is done in good order any more. */
    private static void exit(String reason) {
        LOG.error("the process ends, start it again: {}", reason);
        Runtime.getRuntime().halt(1);
    }

    /** The disk as it counts now. */
    UUID diskId() {
        return identity.diskId();
    }

    boolean holds(LogPosition position) {
        try {
            return file.holds(position);
        } catch (IOException e) {
            LOG.warn("the write-ahead file can't be read: {}", e.getMessage());
            return false;
        }
    }

    boolean leads() {
        return base.cluster().isPrimary(base.config().name());
    }

    /** What accepts streams of standbys. */
    PeerAcceptor acceptor() {
        return acceptor;
    }

    /** Completes when this node must be built anew from the bucket. */
    CompletableFuture<RebuildFromBucket> rebuild() {
        return rebuild;
    }

    /** The cluster for a term as primary. */
    PrimaryTerm.Cluster forTerm(LogArchive archive, NodeThreads threads) {
        ClusterConfig cluster = base.cluster();
        Replication.Limits limits = new Replication.Limits(
                cluster.standbyTimeout(),
                BUCKET_TIMEOUT,
                WINDOW_BYTES,
                MEMORY_BYTES,
                cluster.archive().delay(),
                ARCHIVE_BYTES,
                cluster.archive().outstandingBytes(),
                FRAMES_IN_FLIGHT);
        return new PrimaryTerm.Cluster(
                new Replication(
                        base.config().name(),
                        cluster.nodes().keySet(),
                        cluster.rule(),
                        cluster.loss(),
                        cluster.bucketLoss(),
                        limits),
                base.store().clusterId(),
                new StandbyStreams.Parts(
                        base.clock(),
                        file,
                        writer,
                        archive,
                        new ObjectRegisterStorage(base.store().store())),
                new OwnLog(file, archive, threads.io()),
                this::promise);
    }

    /** The way from this node to the primary. */
    PrimaryRoute route() {
        return route;
    }

    /** Where clients reach each node. */
    Registrations registrations() {
        return registrations;
    }

    /** The members as this node sees them. */
    ClusterView members() {
        return new Members(
                base.store().clusterId(),
                base.config(),
                base.cluster(),
                registrations::clientUrls,
                () -> hasPrimary ? base.cluster().primary() : null);
    }

    /** This node serves as primary from now on, or no more. */
    void serves(boolean primary) {
        hasPrimary = primary;
        route.set(primary ? new Route.Local() : new Route.None());
    }

    /** Whether this node has a stream to the primary from now on, or no more. */
    private void follows(boolean following) {
        hasPrimary = following;
        PrimaryLink link = primaryLink;
        route.set(following && link != null ? new Route.Remote(link) : new Route.None());
    }

    /** Streams of standbys go to this term. */
    void lead(PrimaryTerm term) {
        var listener = term.standbys();
        if (listener != null) {
            peers.lead(listener);
        }
    }

    /** Follows the primary from what was recovered. */
    Standby follow(PrimaryTerm.Tip tip, AppliedLog log, List<CommitListener> listeners, OwnLog ownLog)
            throws IOException, DataDirectoryException {
        HostPort primary = address(base.cluster());
        long promised = base.directory().promisedTerm();
        return Standby.follow(new Standby.Setup(
                new Identity(base.store().clusterId(), base.config().name(), identity.diskId()),
                ownLog.holdings(promised, tip.position()),
                new CommittedState(
                        tip.state(),
                        tip.position().index(),
                        Math.max(tip.position().term(), 1)),
                log,
                writer,
                listeners,
                base.clock(),
                new PeerClient(eventLoops, WireSettings.DEFAULT, tls(Protocol.STREAM)),
                new Standby.Address(primary.host(), primary.port()),
                this::promise,
                rebuild::complete,
                this::follows,
                base.config().limits().requestTimeout()));
    }

    OwnLog ownLog(LogArchive archive, NodeThreads threads) {
        return new OwnLog(file, archive, threads.io());
    }

    private static HostPort address(ClusterConfig cluster) {
        Map<String, HostPort> nodes = cluster.nodes();
        HostPort address = nodes.get(cluster.primary());
        if (address == null) {
            throw new IllegalStateException("no address of " + cluster.primary());
        }
        return address;
    }

    private void promise(long term) {
        try {
            base.directory().promiseTerm(term);
        } catch (DataDirectoryException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        acceptor.closeAll("node %s stops".formatted(base.config().name()));
        if (primaryChannel != null) {
            primaryChannel.shutdownNow();
        }
        writer.close();
        file.close();
        eventLoops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
