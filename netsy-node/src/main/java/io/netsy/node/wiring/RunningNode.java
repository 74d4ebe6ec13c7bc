package io.netsy.node.wiring;

import io.netsy.etcd.server.EtcdServer;
import io.netsy.etcd.server.ServerParts;
import io.netsy.etcd.server.ServerSettings;
import io.netsy.etcd.server.tls.TlsFiles;
import io.netsy.node.clock.NodeClock;
import io.netsy.node.clock.SystemClock;
import io.netsy.node.clock.SystemNodeClock;
import io.netsy.node.config.HostPort;
import io.netsy.node.config.NodeConfig;
import io.netsy.node.datadir.DataDirectory;
import io.netsy.node.metrics.NodeMetrics;
import io.netsy.node.objectstore.ObjectStore;
import io.netsy.node.objectstore.StoreEnvironment;
import io.netsy.node.objectstore.StoreProbe;
import io.netsy.node.wiring.objectstore.ObjectStores;
import io.netsy.node.wiring.objectstore.StoreEnvironments;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A single node that serves: its store was opened and tested, its state recovered, its term taken. */
final class RunningNode {
    private static final Logger LOG = LoggerFactory.getLogger(RunningNode.class);

    private final Node node;
    private final EtcdServer server;
    private final String store;

    private RunningNode(Node node, EtcdServer server, String store) {
        this.node = node;
        this.server = server;
        this.store = store;
    }

    /**
     * Starts a node and returns once clients are served.
     *
     * @throws Exception when that can't be done; the message says what was tried, on what, and the way out
     */
    static RunningNode start(NodeConfig config) throws Exception {
        NodeClock clock = new SystemNodeClock();
        DataDirectory directory = DataDirectory.open(config.dataDir());
        NodeMetrics metrics = new NodeMetrics();
        ObjectStore store = openStore(config, metrics);
        Node node = Node.start(new Node.Parts(config, clock, directory, NodeStore.identify(store, clock), metrics));
        return new RunningNode(node, serve(config, node, metrics), store.describe());
    }

    /** Where clients are served. */
    InetSocketAddress clientAddress() {
        return server.clientAddress();
    }

    /** The store's name, for messages. */
    String store() {
        return store;
    }

    private static ObjectStore openStore(NodeConfig config, NodeMetrics metrics) throws Exception {
        StoreEnvironment environment = StoreEnvironments.system();
        ObjectStore store = ObjectStores.open(StoreSettingsOf.config(config), metrics.storeListener(), environment);
        new StoreProbe(store, environment).run();
        return store;
    }

    private static EtcdServer serve(NodeConfig config, Node node, NodeMetrics metrics) throws Exception {
        NodeGauges.bind(metrics, node);
        int eventLoops =
                config.server().eventLoops() > 0 ? config.server().eventLoops() : ServerSettings.defaultEventLoops();
        ServerSettings settings = new ServerSettings(
                address(config.listen().client()),
                config.listen().metrics() == null
                        ? null
                        : address(config.listen().metrics()),
                tls(config.tls().client()),
                config.tls().reloadInterval(),
                eventLoops,
                Math.toIntExact(config.limits().maxRequestBytes()),
                config.limits().requestTimeout(),
                config.server().drainTimeout());
        return EtcdServer.start(
                settings,
                new ServerParts(
                        node.services().services(),
                        List.of(),
                        Map.of(),
                        node.states(),
                        node.cluster(),
                        NodeServices.VERSION,
                        metrics::text,
                        SystemClock.nanoTime(),
                        SystemClock.wall()));
    }

    private static InetSocketAddress address(HostPort address) {
        return new InetSocketAddress(address.host(), address.port());
    }

    private static @Nullable TlsFiles tls(NodeConfig.@Nullable Certificates certificates) {
        return certificates == null
                ? null
                : new TlsFiles(
                        certificates.cert(), certificates.key(), certificates.ca(), certificates.clientCertAuth());
    }

    /** Drains clients, then gives the term back, then lets go of the disk; answers whether all of it went well. */
    boolean stop() {
        LOG.info("stopping: no new requests, what is under way is finished");
        try {
            node.services().watchHub().stop();
            server.stop();
            node.close();
            LOG.info("stopped");
            return true;
        } catch (IOException e) {
            LOG.error("did not stop in good order, nothing acknowledged is lost: {}", e.toString());
            return false;
        }
    }
}
