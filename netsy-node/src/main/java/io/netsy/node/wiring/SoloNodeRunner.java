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
import io.netsy.node.wiring.objectstore.ObjectStores;
import io.netsy.node.wiring.objectstore.StoreEnvironments;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a single node: opens its store, tests it, recovers, takes the term, serves, and ends in good order when the process
 * is told to.
 */
public final class SoloNodeRunner implements NodeRunner {
    private static final Logger LOG = LoggerFactory.getLogger(SoloNodeRunner.class);

    private final Runnable onServing;

    /** @param onServing is called once clients are served: the place for a banner */
    public SoloNodeRunner(Runnable onServing) {
        this.onServing = onServing;
    }

    @Override
    public int run(NodeConfig config) throws Exception {
        long startNanos = SystemClock.nanoTime().getAsLong();
        NodeClock clock = new SystemNodeClock();
        CountDownLatch ended = new CountDownLatch(1);
        AtomicBoolean clean = new AtomicBoolean();
        try (DataDirectory directory = DataDirectory.open(config.dataDir())) {
            NodeMetrics metrics = new NodeMetrics();
            ObjectStore store = openStore(config, metrics);
            Node node = Node.start(new Node.Parts(config, clock, directory, NodeStore.identify(store, clock), metrics));
            EtcdServer server = serve(config, node, metrics);
            Thread hook = Thread.ofPlatform().name("netsy-shutdown").unstarted(() -> {
                clean.set(stop(server, node));
                ended.countDown();
            });
            Runtime.getRuntime().addShutdownHook(hook);
            long startedMillis = (SystemClock.nanoTime().getAsLong() - startNanos) / 1_000_000;
            LOG.info("netsy serves name={} store={} after_ms={}", config.name(), store.describe(), startedMillis);
            onServing.run();
            ended.await();
        }
        return clean.get() ? 0 : 1;
    }

    private static ObjectStore openStore(NodeConfig config, NodeMetrics metrics) throws Exception {
        StoreEnvironment environment = StoreEnvironments.system();
        ObjectStore store = ObjectStores.open(StoreSettingsOf.config(config), metrics.storeListener(), environment);
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
    private static boolean stop(EtcdServer server, Node node) {
        LOG.info("stopping: no new requests, what is under way is finished");
        try {
            node.services().watchHub().stop();
            server.stop();
            node.close();
            LOG.info("stopped");
            return true;
        } catch (Exception e) {
            LOG.error("did not stop in good order, nothing acknowledged is lost: {}", e.toString());
            return false;
        }
    }
}
