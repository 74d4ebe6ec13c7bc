package io.netsy.etcd.forward;

import io.grpc.Channel;
import io.grpc.ManagedChannel;
import java.util.concurrent.Executor;

/**
 * The connection to a primary's peer listener: for calls of their own, and for the stream that small requests share. Safe
 * for any thread; never blocks.
 */
public final class PrimaryLink {
    private final Channel channel;
    private final SharedStream stream;

    private final OwnCopy ownCopy;

    private PrimaryLink(Channel channel, Executor sender, OwnCopy ownCopy) {
        this.channel = channel;
        this.ownCopy = ownCopy;
        this.stream = new SharedStream(this, sender);
    }

    /**
     * A link over a channel, which stays the caller's to close.
     *
     * @param sender runs what sends the requests that have gathered by then: best one event loop of the channel's
     * @param ownCopy what answers wait for
     */
    public static PrimaryLink over(Channel channel, Executor sender, OwnCopy ownCopy) {
        return new PrimaryLink(channel, sender, ownCopy);
    }

    OwnCopy ownCopy() {
        return ownCopy;
    }

    Channel channel() {
        return channel;
    }

    SharedStream stream() {
        return stream;
    }

    /** Has the next call connect at once: gRPC itself would not even try, for up to two minutes. */
    void retryConnecting() {
        if (channel instanceof ManagedChannel managed) {
            managed.resetConnectBackoff();
        }
    }
}
