package io.netsy.etcd.server;

import io.netsy.etcd.load.ClientLoad;
import io.netsy.etcd.load.ConnectionLoad;
import io.netty.channel.Channel;
import io.netty.util.AttributeKey;

/** The account of a client's connection, kept with its channel. */
final class ClientConnection {
    private static final AttributeKey<ConnectionLoad> LOAD = AttributeKey.valueOf("netsy-connection-load");

    private ClientConnection() {}

    /** The channel's account, opened when it is asked for first. */
    static ConnectionLoad loadOf(Channel channel, ClientLoad clients) {
        ConnectionLoad known = channel.attr(LOAD).get();
        if (known != null) {
            return known;
        }
        ConnectionLoad opened = clients.open(String.valueOf(channel.remoteAddress()), () -> cutOff(channel));
        channel.attr(LOAD).set(opened);
        channel.closeFuture().addListener(_ -> opened.closed());
        return opened;
    }

    /**
     * Closes the socket at once: from its head the pipeline has no say, whose handlers would wait for a client that reads
     * nothing.
     */
    private static void cutOff(Channel channel) {
        channel.eventLoop().execute(() -> channel.unsafe().close(channel.voidPromise()));
    }
}
