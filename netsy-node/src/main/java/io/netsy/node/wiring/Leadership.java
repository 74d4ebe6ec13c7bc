package io.netsy.node.wiring;

import io.grpc.ManagedChannel;
import io.netsy.etcd.forward.CurrentRoute;
import io.netsy.etcd.forward.PrimaryRoute;
import io.netsy.etcd.forward.PrimaryRoute.Route;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Who is primary as far as this node knows, and the way there. Safe for any thread. */
final class Leadership implements AutoCloseable {
    private final String self;
    private final Function<String, ManagedChannel> connect;
    private final Map<String, ManagedChannel> channels = new HashMap<>();
    private final CurrentRoute route = new CurrentRoute();
    private volatile @Nullable String primary;

    /**
     * @param self this node's name
     * @param connect opens a channel to another node's peer listener
     */
    Leadership(String self, Function<String, ManagedChannel> connect) {
        this.self = self;
        this.connect = connect;
    }

    /** This node serves as primary from now on. */
    synchronized void isHere() {
        primary = self;
        route.set(new Route.Local());
    }

    /** This node has a stream to the primary from now on. */
    synchronized void isAt(String node) {
        primary = node;
        route.set(new Route.Remote(channels.computeIfAbsent(node, connect)));
    }

    /** No primary is known from now on. */
    synchronized void isUnknown() {
        primary = null;
        route.set(new Route.None());
    }

    /** The node is somewhere else: the next connection to it is another one. */
    synchronized void moved(String node) {
        ManagedChannel before = channels.remove(node);
        if (before != null) {
            before.shutdown();
        }
    }

    /** The primary's name; null while none is known. */
    @Nullable
    String primary() {
        return primary;
    }

    /** The way from this node to the primary. */
    PrimaryRoute route() {
        return route;
    }

    @Override
    public synchronized void close() {
        channels.values().forEach(ManagedChannel::shutdownNow);
    }
}
