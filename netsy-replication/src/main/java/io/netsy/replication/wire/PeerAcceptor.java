package io.netsy.replication.wire;

import io.netsy.replication.core.PeerMessage;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import java.net.SocketAddress;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes streams of standbys out of connections that were accepted, on a listener of its own ({@link PeerServer}) or on one
 * that serves other protocols too.
 *
 * <p>It refuses, with a reason in the log and to the other side: a hello of another cluster or format version, none within
 * the handshake time-out, silence for the idle time-out, and whatever is no message that may come. The log has one line for
 * each reason of a host, not one for each try. Thread-safe.
 */
public final class PeerAcceptor {
    private static final Logger LOG = LoggerFactory.getLogger(PeerAcceptor.class);

    private final UUID clusterId;
    private final WireSettings settings;
    private final PeerListener listener;
    private final Set<PeerStream> streams = ConcurrentHashMap.newKeySet();
    private final News news = new News();

    public PeerAcceptor(UUID clusterId, WireSettings settings, PeerListener listener) {
        this.clusterId = clusterId;
        this.settings = settings;
        this.listener = listener;
    }

    /** Whether these first bytes of a connection, at least four, are a peer's; none is consumed. */
    public static boolean isPeer(ByteBuf first) {
        return first.readableBytes() >= Integer.BYTES && first.getInt(first.readerIndex()) == WireFormat.MAGIC;
    }

    /**
     * Has the last words of a connection arrive, the alert of TLS among them; to be called before TLS reads anything, on the
     * connection's event loop.
     */
    public void prepare(ChannelPipeline pipeline) {
        Channels.lingerAtClose(pipeline);
    }

    /** TLS failed on a connection that may have been a peer's, and the connection ends. Any thread. */
    public void refused(SocketAddress remote, Throwable cause) {
        refused(remote, StreamHandler.describeHandshake(cause));
    }

    void refused(SocketAddress remote, String reason) {
        String line = WireText.oneLine(reason);
        if (news.of(Channels.describeHost(remote)).isNew(line)) {
            LOG.warn("peer refused peer={} reason={}", Channels.describe(remote), line);
        }
    }

    /**
     * Adds the stream's handlers to an accepted connection; to be called on its event loop. They expect the bytes of the
     * stream from its preamble on, decrypted, and the pipeline to hold nothing behind its TLS, if any, that takes or
     * changes them.
     */
    public void install(ChannelPipeline pipeline) {
        Channel channel = pipeline.channel();
        String remote = Channels.describe(channel.remoteAddress());
        News.Of ofHost = news.of(Channels.describeHost(channel.remoteAddress()));
        StreamHandler handler = new StreamHandler(channel.eventLoop(), remote, new AcceptedSide(), settings, ofHost);
        PeerStream stream = handler.stream();
        streams.add(stream);
        channel.closeFuture().addListener(_ -> streams.remove(stream));
        Channels.install(pipeline, handler, settings);
    }

    /** Closes every stream there is. */
    public void closeAll(String reason) {
        streams.forEach(stream -> stream.close(reason));
    }

    WireSettings settings() {
        return settings;
    }

    /** One stream, as the primary sees it. */
    private final class AcceptedSide implements Side {
        private boolean greeted;

        @Override
        public Phase firstPhase() {
            return Phase.PREAMBLE;
        }

        @Override
        public void received(PeerStream stream, PeerMessage message) throws WireException {
            switch ((PeerMessage.FromStandby) message) {
                case PeerMessage.Hello hello -> greet(stream, hello);
                case PeerMessage.Report report -> listener.onMessage(stream, report);
                case PeerMessage.Confirmed confirmed -> listener.onMessage(stream, confirmed);
                case PeerMessage.AskIndex question -> listener.onMessage(stream, question);
                case PeerMessage.Bye _ -> throw new IllegalStateException("a bye is no message to hand on");
            }
        }

        private void greet(PeerStream stream, PeerMessage.Hello hello) throws WireException {
            if (!hello.identity().clusterId().equals(clusterId)) {
                throw new WireException("node %s is of cluster %s, this is cluster %s"
                        .formatted(hello.identity().nodeId(), hello.identity().clusterId(), clusterId));
            }
            greeted = true;
            listener.onHello(stream, hello);
        }

        @Override
        public void closed(PeerStream stream, String reason) {
            if (greeted) {
                listener.onClosed(stream, reason);
            }
        }
    }
}
