package io.netsy.chaos.cluster;

import io.netsy.chaos.crash.StoreUnderTest;
import io.netsy.node.objectstore.ObjectStore;
import io.netsy.node.objectstore.SwapOutcome;
import io.netsy.node.objectstore.testkit.FaultProxy;
import io.netsy.node.objectstore.testkit.S3ProxyServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Three nodes that elect their primary, on an S3 server over HTTP to which each process has a way of its own. */
final class ElectedCluster implements AutoCloseable {
    /** An elector beside the nodes. */
    static final String ELECTOR = "elector-1";

    private final S3ProxyServer server;
    private final Map<String, FaultProxy> storeLinks = new LinkedHashMap<>();
    private final Map<String, StoreUnderTest> stores = new LinkedHashMap<>();
    private final ClusterProcesses processes;

    private ElectedCluster(Path directory, List<String> arguments) throws Exception {
        this.server = S3ProxyServer.startAtomic();
        StoreUnderTest direct = StoreUnderTest.s3(
                server.endpoint(),
                server.bucket().bucket(),
                Map.of("AWS_ACCESS_KEY_ID", "test", "AWS_SECRET_ACCESS_KEY", "testtest"));
        List<String> names = new ArrayList<>(ClusterProcesses.NODES);
        names.add(ELECTOR);
        for (String name : names) {
            FaultProxy link = FaultProxy.start(
                    0,
                    new InetSocketAddress(
                            InetAddress.getLoopbackAddress(), server.endpoint().getPort()));
            storeLinks.put(name, link);
            URI endpoint = URI.create("http://127.0.0.1:" + link.address().getPort());
            stores.put(name, direct.at(endpoint));
        }
        this.processes = ClusterProcesses.prepareElected(directory, this::store, List.of(ELECTOR), arguments);
    }

    /** Makes a cluster of which nothing runs yet. */
    static ElectedCluster prepare(Path directory, List<String> arguments) throws Exception {
        return new ElectedCluster(directory, arguments);
    }

    /** Starts three nodes, one of them the elector, and waits until all serve at the configured level. */
    static ElectedCluster start(Path directory, String level, List<String> more) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("--replication-synchronous-commit", level));
        arguments.addAll(more);
        ElectedCluster cluster = prepare(directory, arguments);
        try {
            ClusterProcesses.NODES.forEach(cluster.processes::start);
            cluster.processes.awaitFollowed(level);
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    /** The same with an elector beside the nodes, which know its options too. */
    static ElectedCluster startWithElector(Path directory, String level, List<String> electorArguments)
            throws Exception {
        List<String> arguments = new ArrayList<>(List.of("--replication-synchronous-commit", level));
        arguments.addAll(electorArguments);
        ElectedCluster cluster = prepare(directory, arguments);
        try {
            ClusterProcesses.NODES.forEach(cluster.processes::start);
            cluster.processes.startElector(ELECTOR, electorArguments);
            cluster.processes.awaitFollowed(level);
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    ClusterProcesses processes() {
        return processes;
    }

    private StoreUnderTest store(String name) {
        StoreUnderTest store = stores.get(name);
        if (store == null) {
            throw new IllegalArgumentException("no process " + name);
        }
        return store;
    }

    /** A process's way to S3. */
    FaultProxy storeLink(String name) {
        FaultProxy link = storeLinks.get(name);
        if (link == null) {
            throw new IllegalArgumentException("no process " + name);
        }
        return link;
    }

    private String prefix() {
        String uri = store(ELECTOR).arguments().get(1);
        return uri.substring(uri.lastIndexOf('/') + 1);
    }

    /** An object of the cluster's, as it is in the bucket. */
    byte[] object(String key) throws Exception {
        try (ObjectStore store = server.bucket().open(prefix())) {
            return store.get(key).orElseThrow().body();
        }
    }

    /** Puts an object there in the place of the one there is. */
    void replaceObject(String key, byte[] body) throws Exception {
        try (ObjectStore store = server.bucket().open(prefix())) {
            SwapOutcome outcome =
                    store.putIfMatch(key, store.get(key).orElseThrow().version(), body);
            if (!(outcome instanceof SwapOutcome.Swapped)) {
                throw new IllegalStateException("somebody else wrote " + key);
            }
        }
    }

    @Override
    public void close() throws IOException {
        processes.close();
        for (FaultProxy link : storeLinks.values()) {
            link.close();
        }
        server.close();
    }
}
