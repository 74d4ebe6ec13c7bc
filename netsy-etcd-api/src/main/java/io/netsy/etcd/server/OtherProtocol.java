package io.netsy.etcd.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelPipeline;

/** A protocol of somebody else's that a listener serves beside gRPC and HTTP. Called on the connection's event loop. */
public interface OtherProtocol {
    /** How many first bytes tell it apart. */
    int tellingBytes();

    /** Whether these first bytes, as many as asked for, are its own; none is consumed. */
    boolean isSpoken(ByteBuf first);

    /** Takes over a connection, decrypted, from its first byte on. */
    void install(ChannelPipeline pipeline);
}
