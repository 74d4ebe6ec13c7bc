package io.netsy.etcd.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelPipeline;
import java.net.SocketAddress;

/** A protocol of somebody else's that a listener serves beside gRPC and HTTP. Called on the connection's event loop. */
public interface OtherProtocol {
    /** A connection came that may turn out to speak it, of which nothing was read; called before its TLS, if any. */
    void prepare(ChannelPipeline pipeline);

    /** TLS failed on a connection, which ends; called instead of the listener's own line in the log. */
    void refused(SocketAddress remote, Throwable cause);

    /** How many first bytes tell it apart. */
    int tellingBytes();

    /** Whether these first bytes, as many as asked for, are its own; none is consumed. */
    boolean isSpoken(ByteBuf first);

    /** Takes over a connection, decrypted, from its first byte on. */
    void install(ChannelPipeline pipeline);
}
