package io.netsy.node.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netsy.etcd.proto.rpc.KVGrpc;
import io.netsy.etcd.proto.rpc.PutRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A cluster that a real node wrote: a file store with chunks, a snapshot and a term that was given back, and the node's
 * data directory. Made once, copied for each test.
 *
 * @param store the store's folder
 * @param dataDir the node's
 */
record SampleCluster(Path store, Path dataDir) {
    static final String NODE = "n1";

    /** Runs a node until it has written a snapshot and a few chunks behind it. */
    static SampleCluster write(Path folder) throws Exception {
        SampleCluster cluster = new SampleCluster(folder.resolve("store"), folder.resolve("node"));
        int port = NodeProcess.freePort();
        List<String> arguments = cluster.startArguments("127.0.0.1:" + port, "--snapshot-interval", "1s");
        try (NodeProcess node = NodeProcess.start(folder.resolve("log"), Map.of(), arguments)) {
            node.awaitServing();
            put(port, 0, 20);
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> !keys(cluster.store().resolve("snapshots")).isEmpty());
            put(port, 20, 25);
            assertThat(node.stop()).isZero();
        }
        return cluster;
    }

    /** A command line that starts this cluster's node. */
    List<String> startArguments(String address, String... more) {
        return Stream.concat(
                        Stream.of(
                                "start",
                                "--name",
                                NODE,
                                "--store",
                                "file:" + store,
                                "--data-dir",
                                dataDir.toString(),
                                "--listen-client",
                                address),
                        Stream.of(more))
                .toList();
    }

    private static void put(int port, int from, int to) {
        ManagedChannel channel =
                NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
        try {
            for (int i = from; i < to; i++) {
                var _ = KVGrpc.newBlockingStub(channel)
                        .put(PutRequest.newBuilder()
                                .setKey(ByteString.copyFromUtf8("key-" + i % 7))
                                .setValue(ByteString.copyFromUtf8("value-" + i))
                                .build());
            }
        } finally {
            channel.shutdownNow();
        }
    }

    SampleCluster copyTo(Path folder) throws IOException {
        copy(store, folder.resolve("store"));
        copy(dataDir, folder.resolve("node"));
        return new SampleCluster(folder.resolve("store"), folder.resolve("node"));
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> paths = Files.walk(from)) {
            for (Path path : (Iterable<Path>) paths::iterator) {
                Files.copy(path, to.resolve(from.relativize(path).toString()));
            }
        }
    }

    /** The file that holds an object's newest version. */
    Path file(String key) throws IOException {
        Path versions = store.resolve(key + ".versions");
        if (!Files.isDirectory(versions)) {
            return store.resolve(key);
        }
        try (Stream<Path> files = Files.list(versions)) {
            return files.max(Comparator.naturalOrder()).orElseThrow();
        }
    }

    /** The keys of the chunks, ascending. */
    List<String> chunks() throws IOException {
        return keys(store.resolve("log")).stream().map(name -> "log/" + name).toList();
    }

    String snapshot() throws IOException {
        return "snapshots/" + keys(store.resolve("snapshots")).getFirst();
    }

    private static List<String> keys(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    /** Every file of the store and its bytes, the store's own work folder left out. */
    Map<String, ByteString> content() throws IOException {
        return content(store);
    }

    static Map<String, ByteString> content(Path folder) throws IOException {
        Map<String, ByteString> content = new TreeMap<>();
        if (Files.isDirectory(folder)) {
            try (Stream<Path> paths = Files.walk(folder)) {
                for (Path path : (Iterable<Path>) paths.filter(Files::isRegularFile)::iterator) {
                    String name = folder.relativize(path).toString();
                    if (!name.startsWith(".work")) {
                        content.put(name, ByteString.copyFrom(Files.readAllBytes(path)));
                    }
                }
            }
        }
        return content;
    }
}
