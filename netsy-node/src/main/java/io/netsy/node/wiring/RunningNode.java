package io.netsy.node.wiring;

import io.grpc.BindableService;
import io.netsy.etcd.server.EtcdServer;
import io.netsy.etcd.server.ServerParts;
import io.netsy.etcd.server.ServerSettings;
import io.netsy.etcd.server.metrics.PrometheusText;
import io.netsy.node.clock.NodeClock;
import io.netsy.node.clock.SystemClock;
import io.netsy.node.clock.SystemNodeClock;
import io.netsy.node.config.HostPort;
import io.netsy.node.config.NodeConfig;
import io.netsy.node.datadir.DataDirectory;
import io.netsy.node.metrics.NodeMetrics;
import io.netsy.node.metrics.ProcessFigures;
import io.netsy.node.objectstore.ObjectStore;
import io.netsy.node.objectstore.StoreEnvironment;
import io.netsy.node.objectstore.StoreProbe;
import io.netsy.node.primary.ReplicationView;
import io.netsy.node.role.ElectorQuestions;
import io.netsy.node.role.PeerCalls;
import io.netsy.node.wiring.objectstore.ObjectStores;
import io.netsy.node.wiring.objectstore.StoreEnvironments;
import io.netsy.replication.core.StandbyEffect.RebuildFromBucket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A node that serves: its store was opened and tested, its state recovered, its term taken. */
final class RunningNode {
    private static final Logger LOG = LoggerFactory.getLogger(RunningNode.class);

    private final Node node;
    private final EtcdServer server;
    private final @Nullable EtcdServer peerServer;
    private final String store;

    private RunningNode(Node node, EtcdServer server, @Nullable EtcdServer peerServer, String store) {
        this.node = node;
        this.server = server;
        this.peerServer = peerServer;
        this.store = store;
    }

    /**
     * Starts a node and returns once clients are served.
     *
     * @throws Exception when that can't be done; the message says what was tried, on what, and the way out
     */
    static RunningNode start(NodeConfig config) throws Exception {
        return start(config, null);
    }

    /** @param peers another way from this node to the others than that of elections; null for that one */
    static RunningNode start(NodeConfig config, @Nullable PeerCalls peers) throws Exception {
        StartChecks.configuration(config);
        try (StartScope scope = new StartScope()) {
            NodeClock clock = new SystemNodeClock();
            long startedNanos = clock.now().bootNanos();
            DataDirectory directory = scope.add(DataDirectory.open(config.dataDir()));
            StartChecks.addresses(config);
            NodeMetrics metrics = new NodeMetrics();
            ObjectStore store = scope.add(openStore(config, directory, metrics));
            Node node = Node.start(new Node.Parts(config, clock, directory, NodeStore.identify(store, clock), metrics));
            scope.add(node);
            EtcdServer server = listen(config, node, metrics);
            scope.add(server::stop);
            EtcdServer peerServer = listenForPeers(config, node);
            if (peerServer != null) {
                scope.add(peerServer::stop);
            }
            node.serve(peers);
            metrics.started(Duration.ofNanos(clock.now().bootNanos() - startedNanos));
            node.threads().io().execute(metrics::showVirtualMachine);
            scope.keep();
            return new RunningNode(node, server, peerServer, store.describe());
        }
    }

    /** Completes when this node must be built anew from the bucket; never for a node alone. */
    CompletableFuture<RebuildFromBucket> rebuild() {
        Cluster cluster = node.others();
        return cluster == null ? new CompletableFuture<>() : cluster.rebuild();
    }

    /** Completes when this node is no member any more; never for a node alone. */
    CompletableFuture<String> removed() {
        Cluster cluster = node.others();
        return cluster == null ? new CompletableFuture<>() : cluster.removed();
    }

    /** What electors and other nodes ask of this one; null where configuration names the primary. */
    @Nullable
    ElectorQuestions questions() {
        return node.questions();
    }

    /** This node's part in a cluster; null when it is alone. */
    @Nullable
    Cluster cluster() {
        return node.others();
    }

    /** Where clients are served. */
    InetSocketAddress clientAddress() {
        return server.clientAddress();
    }

    /** The store's name, for messages. */
    String store() {
        return store;
    }

    /** Looks at what is in the store before anything is written to it, then tests that it can be relied on. */
    private static ObjectStore openStore(NodeConfig config, DataDirectory directory, NodeMetrics metrics)
            throws Exception {
        StoreEnvironment environment = StoreEnvironments.system();
        ObjectStore store = ObjectStores.open(StoreSettingsOf.config(config), metrics.storeListener(), environment);
        try (StartScope scope = new StartScope()) {
            scope.add(store);
            StartChecks.store(store, directory, config.name());
            new StoreProbe(store, environment).run();
            scope.keep();
            return store;
        }
    }

    private static Supplier<String> metricsText(Node node, NodeMetrics metrics) {
        NodeGauges.bind(metrics, node);
        EtcdMetrics etcd = node.etcdMetrics();
        ProcessFigures process = new ProcessFigures();
        Election election = node.election();
        return () -> {
            PrometheusText text = new PrometheusText();
            etcd.write(text);
            process.write(text);
            ReplicationView replication =
                    node.others() == null ? null : node.states().replication();
            if (replication != null) {
                ReplicationMetrics.write(replication, text);
            }
            if (election != null) {
                election.write(text);
            }
            return text + metrics.text();
        };
    }

    private static EtcdServer listen(NodeConfig config, Node node, NodeMetrics metrics) throws Exception {
        int eventLoops =
                config.server().eventLoops() > 0 ? config.server().eventLoops() : ServerSettings.defaultEventLoops();
        ServerSettings settings = new ServerSettings(
                address(config.listen().client()),
                config.listen().metrics() == null
                        ? null
                        : address(config.listen().metrics()),
                StartChecks.tls(config.tls().client()),
                config.tls().reloadInterval(),
                eventLoops,
                Math.toIntExact(config.limits().maxRequestBytes()),
                config.limits().requestTimeout(),
                config.server().drainTimeout());
        return EtcdServer.start(
                settings,
                new ServerParts(
                        node.services().services(),
                        node.services().interceptors(),
                        Map.of(),
                        node.states(),
                        node.cluster(),
                        NodeServices.VERSION,
                        metricsText(node, metrics),
                        SystemClock.nanoTime(),
                        SystemClock.wall(),
                        null));
    }

    /** The listener for the other nodes: streams of standbys, and requests that they pass on; null for a node alone. */
    private static @Nullable EtcdServer listenForPeers(NodeConfig config, Node node) throws Exception {
        Cluster cluster = node.others();
        HostPort listen = config.listen().peer();
        if (cluster == null || listen == null || config.cluster() == null) {
            return null;
        }
        ServerSettings settings = new ServerSettings(
                address(listen),
                null,
                StartChecks.tls(config.cluster().tls()),
                config.tls().reloadInterval(),
                1,
                Math.toIntExact(config.limits().maxRequestBytes()),
                config.limits().requestTimeout(),
                config.server().drainTimeout());
        Election election = node.election();
        List<BindableService> services = new ArrayList<>(node.services().services());
        if (election != null) {
            services.add(election.service());
        }
        return EtcdServer.start(
                settings,
                new ServerParts(
                        services,
                        Election.besideService(node.services().peerInterceptors()),
                        Map.of(),
                        node.states(),
                        node.cluster(),
                        NodeServices.VERSION,
                        () -> "",
                        SystemClock.nanoTime(),
                        SystemClock.wall(),
                        new PeerProtocol(cluster.acceptor())));
    }

    static InetSocketAddress address(HostPort address) {
        return new InetSocketAddress(address.host(), address.port());
    }

    /** Drains clients, then gives the term back, then lets go of the disk; answers whether all of it went well. */
    boolean stop() {
        LOG.info("stopping: no new requests, what is under way is finished");
        try {
            node.leave();
            node.services().stopWaiting();
            server.stop();
            if (peerServer != null) {
                peerServer.stop();
            }
            node.close();
            LOG.info("stopped");
            return true;
        } catch (IOException e) {
            LOG.error("did not stop in good order, nothing acknowledged is lost: {}", e.toString());
            return false;
        }
    }
}
