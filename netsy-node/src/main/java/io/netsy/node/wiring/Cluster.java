package io.netsy.node.wiring;

import io.grpc.ManagedChannel;
import io.netsy.etcd.forward.ForwardingChannel;
import io.netsy.etcd.port.CommitListener;
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
    private static final long MEMORY_BYTES = 8 << 20;
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
    private final Registrations registrations;
    private final Leadership leadership;
    private final MemberBook book;
    private final CompletableFuture<String> removed = new CompletableFuture<>();

    /** What it stands on. */
    record Base(NodeConfig config, ClusterConfig cluster, NodeClock clock, DataDirectory directory, NodeStore store) {}

    private Cluster(Base base, DataDirectory.Identity identity, WriteAheadFile file) {
        this.base = base;
        this.identity = identity;
        this.file = file;
        this.writer = new LogWriter(file, Cluster::exit);
        this.peers = new PeerSwitch(base.config().name());
        this.acceptor = new PeerAcceptor(base.store().clusterId(), WireSettings.DEFAULT, peers);
        this.book = new MemberBook(base.config().name(), base.cluster());
        this.registrations = new Registrations(
                base.store().store(),
                base.config().name(),
                base.config().advertisedClientUrls("127.0.0.1"),
                peerUrl(base),
                book::names);
        this.leadership = new Leadership(base.config().name(), this::channelTo, eventLoops.next());
        book.onMove(leadership::moved);
    }

    private ManagedChannel channelTo(String node) {
        HostPort address = address(node);
        return ForwardingChannel.to(
                new ForwardingChannel.Peer(address.host(), address.port(), tls(Protocol.GRPC), eventLoops));
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

    /** What the configuration says. */
    ClusterConfig config() {
        return base.cluster();
    }

    /** What accepts streams of standbys. */
    PeerAcceptor acceptor() {
        return acceptor;
    }

    /** Who the other nodes are. */
    MemberBook book() {
        return book;
    }

    /** The URL by which members know this node. */
    private static String peerUrl(Base base) {
        return Members.peerUrl(
                base.cluster(),
                base.cluster().nodes().getOrDefault(base.config().name(), new HostPort("?", 0)));
    }

    /** Completes when this node is no member any more, and nobody needs what it holds. */
    CompletableFuture<String> removed() {
        return removed;
    }

    /** Completes when this node must be built anew from the bucket. */
    CompletableFuture<RebuildFromBucket> rebuild() {
        return rebuild;
    }

    /** The highest term that this node promised not to go below. */
    long promisedTerm() {
        try {
            return base.directory().promisedTerm();
        } catch (DataDirectoryException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
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
                        cluster.noSync(),
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

    /** Who is primary as far as this node knows, and the way there. */
    Leadership leadership() {
        return leadership;
    }

    WriteAheadFile file() {
        return file;
    }

    LogWriter writer() {
        return writer;
    }

    /** This node and its disk, as the others know them. */
    Identity self() {
        return new Identity(base.store().clusterId(), base.config().name(), identity.diskId());
    }

    /** Where clients reach each node. */
    Registrations registrations() {
        return registrations;
    }

    /** The members as this node sees them. */
    Members members() {
        return new Members(self(), base.cluster(), book, registrations::clientUrls, leadership::primary);
    }

    /** A term of this node is about to begin: streams of standbys wait for it. */
    void awaitLead() {
        peers.awaitLead();
    }

    /** Streams of standbys go to this term. */
    void lead(PrimaryTerm term) {
        var listener = term.standbys();
        if (listener != null) {
            peers.lead(listener);
        }
    }

    /** Streams of standbys are refused. */
    void leadNoMore() {
        peers.leadNoMore();
    }

    /**
     * Begins to follow from what is applied.
     *
     * @param primary whom; null is nobody, until the standby is told
     * @param ownLog what is on this node's disk
     */
    Standby follow(
            PrimaryTerm.Tip tip, @Nullable String primary, FollowingParts parts, OwnLog ownLog, Standby.Owner owner)
            throws IOException, DataDirectoryException {
        return Standby.follow(new Standby.Setup(
                self(),
                ownLog.holdings(base.directory().promisedTerm(), tip.position()),
                tip,
                parts.log(),
                writer,
                parts.listeners(),
                base.clock(),
                new PeerClient(eventLoops, WireSettings.DEFAULT, tls(Protocol.STREAM)),
                primary == null ? null : target(primary),
                owner,
                base.config().limits().requestTimeout()));
    }

    /** What a standby applies to, and whom it tells. */
    record FollowingParts(AppliedLog log, List<CommitListener> listeners) {}

    /** Where another node takes streams. */
    Standby.Target target(String node) {
        HostPort address = address(node);
        return new Standby.Target(node, address.host(), address.port());
    }

    OwnLog ownLog(LogArchive archive, NodeThreads threads) {
        return new OwnLog(file, archive, threads.io());
    }

    private HostPort address(String node) {
        return book.address(node, "no address of " + node);
    }

    /** Makes durable that streams of lower terms are refused. */
    void promise(long term) {
        try {
            base.directory().promiseTerm(term);
        } catch (DataDirectoryException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        acceptor.closeAll("node %s stops".formatted(base.config().name()));
        leadership.close();
        writer.close();
        file.close();
        eventLoops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
