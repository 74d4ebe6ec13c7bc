package io.netsy.chaos.cluster;

import io.netsy.node.objectstore.testkit.FaultProxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** The ways from one process to another one's peer port, each a proxy of its own. */
final class PeerLinks implements AutoCloseable {
    private final Map<Way, FaultProxy> proxies = new LinkedHashMap<>();

    private record Way(String from, String to) {}

    void add(String from, String to, int port) throws IOException {
        proxies.put(
                new Way(from, to), FaultProxy.start(0, new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
    }

    Optional<FaultProxy> find(String from, String to) {
        return Optional.ofNullable(proxies.get(new Way(from, to)));
    }

    FaultProxy get(String from, String to) {
        return find(from, to).orElseThrow(() -> new IllegalArgumentException("no link from " + from + " to " + to));
    }

    /** Does something to both ways between two, as far as there are any. */
    void between(String one, String other, Consumer<FaultProxy> change) {
        find(one, other).ifPresent(change);
        find(other, one).ifPresent(change);
    }

    @Override
    public void close() throws IOException {
        for (FaultProxy proxy : proxies.values()) {
            proxy.close();
        }
    }
}
