package io.netsy.node.wiring;

import io.grpc.ManagedChannel;
import io.netsy.etcd.forward.CurrentRoute;
import io.netsy.etcd.forward.OwnCopy;
import io.netsy.etcd.forward.PrimaryLink;
import io.netsy.etcd.forward.PrimaryRoute;
import io.netsy.etcd.forward.PrimaryRoute.Route;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Who is primary as far as this node knows, and the way there. Safe for any thread. */
final class Leadership implements AutoCloseable {
    private final String self;
    private final Function<String, ManagedChannel> connect;
    private final Executor sender;
    private final Map<String, Way> ways = new HashMap<>();
    private final CurrentRoute route = new CurrentRoute();
    private volatile @Nullable String primary;
    private volatile OwnCopy ownCopy = (index, action) -> action.run();

    /** The connection to a node, for as long as this one runs. */
    private record Way(ManagedChannel channel, PrimaryLink link) {}

    /**
     * @param self this node's name
     * @param connect opens a channel to another node's peer listener
     * @param sender runs what sends requests that share a stream
     */
    Leadership(String self, Function<String, ManagedChannel> connect, Executor sender) {
        this.self = self;
        this.connect = connect;
        this.sender = sender;
    }

    /** From now on clients get the answers of another node once this is applied. */
    void awaits(OwnCopy copy) {
        ownCopy = copy;
    }

    private void whenApplied(long index, Runnable action) {
        ownCopy.whenApplied(index, action);
    }

    /** This node serves as primary from now on. */
    synchronized void isHere() {
        primary = self;
        route.set(new Route.Local());
    }

    /** This node has a stream to the primary from now on. */
    synchronized void isAt(String node) {
        primary = node;
        route.set(new Route.Remote(ways.computeIfAbsent(node, this::open).link()));
    }

    private Way open(String node) {
        ManagedChannel channel = connect.apply(node);
        return new Way(channel, PrimaryLink.over(channel, sender, this::whenApplied));
    }

    /** No primary is known from now on. */
    synchronized void isUnknown() {
        primary = null;
        route.set(new Route.None());
    }

    /** This node is no member any more: requests that wait for a primary are told that there is none. */
    synchronized void isOver() {
        primary = null;
        route.end();
    }

    /** The node is somewhere else: requests take another connection to it from now on. */
    synchronized void moved(String node) {
        Way before = ways.remove(node);
        if (before != null) {
            if (node.equals(primary)) {
                isAt(node);
            }
            before.channel().shutdown();
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
        ways.values().forEach(way -> way.channel().shutdownNow());
    }
}
