package io.netsy.node.wiring;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netsy.etcd.proto.rpc.AuthGrpc;
import io.netsy.etcd.proto.rpc.KVGrpc;
import io.netsy.etcd.proto.rpc.LeaseGrpc;
import io.netsy.etcd.proto.rpc.MaintenanceGrpc;
import io.netsy.etcd.proto.rpc.PutRequest;
import io.netsy.etcd.proto.rpc.WatchGrpc;
import io.netsy.node.config.ConfigInputs;
import io.netsy.node.config.ConfigLoader;
import io.netsy.node.metrics.Exposition;
import io.netsy.node.role.PeerCalls;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** A running node on a file store, its gRPC clients, and its metrics as Prometheus reads them. */
final class ScrapedNode implements AutoCloseable {
    final RunningNode node;
    final KVGrpc.KVBlockingStub kv;
    final KVGrpc.KVFutureStub kvFutures;
    final LeaseGrpc.LeaseBlockingStub lease;
    final LeaseGrpc.LeaseStub leaseStreams;
    final MaintenanceGrpc.MaintenanceBlockingStub maintenance;
    final AuthGrpc.AuthBlockingStub auth;
    final WatchGrpc.WatchStub watch;
    private final ManagedChannel channel;
    private final HttpClient http = HttpClient.newHttpClient();

    private ScrapedNode(RunningNode node) {
        this.node = node;
        this.channel = NettyChannelBuilder.forAddress(node.clientAddress())
                .usePlaintext()
                .build();
        this.kv = KVGrpc.newBlockingStub(channel);
        this.kvFutures = KVGrpc.newFutureStub(channel);
        this.lease = LeaseGrpc.newBlockingStub(channel);
        this.leaseStreams = LeaseGrpc.newStub(channel);
        this.maintenance = MaintenanceGrpc.newBlockingStub(channel);
        this.auth = AuthGrpc.newBlockingStub(channel);
        this.watch = WatchGrpc.newStub(channel);
    }

    /** Starts a node of that name on the store below a folder, and waits until the virtual machine is shown too. */
    static ScrapedNode start(Path folder, String name, Map<String, String> more) throws Exception {
        return start(folder, name, more, null);
    }

    static ScrapedNode start(Path folder, String name, Map<String, String> more, @Nullable PeerCalls peers)
            throws Exception {
        Map<String, String> options = new HashMap<>();
        options.put("store", "file:" + folder.resolve("store"));
        options.put("name", name);
        options.put("dataDir", folder.resolve(name).toString());
        options.put("listen.client", "127.0.0.1:0");
        options.put("lease.readLease", "500ms");
        options.putAll(more);
        ScrapedNode started = new ScrapedNode(RunningNode.start(
                ConfigLoader.load(new ConfigInputs(null, Map.of(), options, false))
                        .config(),
                peers));
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> started.text("/metrics").contains("jvm_threads_live_threads"));
        return started;
    }

    String text(String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + node.clientAddress().getPort() + path);
        HttpResponse<String> answer = http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
        return answer.body();
    }

    Exposition scrape() throws Exception {
        return Exposition.parse(text("/metrics"));
    }

    double value(String name, String... labels) throws Exception {
        return scrape().value(name, labels);
    }

    long put(String key, String value) {
        return kv.put(PutRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8(key))
                        .setValue(ByteString.copyFromUtf8(value))
                        .build())
                .getHeader()
                .getRevision();
    }

    @Override
    public void close() {
        channel.shutdownNow();
        http.close();
        node.stop();
    }
}
