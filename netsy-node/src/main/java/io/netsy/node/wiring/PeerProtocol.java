package io.netsy.node.wiring;

import io.netsy.etcd.server.OtherProtocol;
import io.netsy.replication.wire.PeerAcceptor;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelPipeline;
import java.net.SocketAddress;

/** The streams of standbys, as the protocol beside gRPC on the listener for other nodes. */
record PeerProtocol(PeerAcceptor acceptor) implements OtherProtocol {
    @Override
    public void prepare(ChannelPipeline pipeline) {
        acceptor.prepare(pipeline);
    }

    @Override
    public void refused(SocketAddress remote, Throwable cause) {
        acceptor.refused(remote, cause);
    }

    @Override
    public int tellingBytes() {
        return Integer.BYTES;
    }

    @Override
    public boolean isSpoken(ByteBuf first) {
        return PeerAcceptor.isPeer(first);
    }

    @Override
    public void install(ChannelPipeline pipeline) {
        acceptor.install(pipeline);
    }
}
