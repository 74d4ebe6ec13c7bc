package io.netsy.node.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netsy.etcd.proto.rpc.KVGrpc;
import io.netsy.etcd.proto.rpc.PutRequest;
import io.netsy.etcd.proto.rpc.PutResponse;
import io.netsy.etcd.proto.rpc.RangeRequest;
import io.netsy.etcd.proto.rpc.RangeResponse;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node lets clients in before it has a term, while the old primary's lease runs out: they see the recovered state, their
 * writes wait, and none of them has to find its way back, which takes gRPC seconds.
 */
class ClientsBeforeTheTermTest {
    private static final Map<String, String> LONG_LEASE = Map.of("lease.readLease", "3s");

    @TempDir
    Path folder;

    @Test
    void theirWritesWaitForTheTermAndTheirSerializableReadsDoNot() throws Exception {
        try (ScrapedNode old = ScrapedNode.start(folder, "n1", LONG_LEASE)) {
            long revision = old.put("a", "1");
            int port = freePort();
            CompletableFuture<ScrapedNode> next = CompletableFuture.supplyAsync(() -> startSecond(port));
            await().atMost(Duration.ofSeconds(30)).until(() -> next.isDone() || accepts(port));
            ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", port)
                    .usePlaintext()
                    .build();
            try {
                KVGrpc.KVFutureStub clients = KVGrpc.newFutureStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
                ListenableFuture<PutResponse> write =
                        clients.put(PutRequest.newBuilder().setKey(bytes("b")).build());
                RangeResponse read = clients.range(RangeRequest.newBuilder()
                                .setKey(bytes("a"))
                                .setSerializable(true)
                                .build())
                        .get();

                assertThat(next).isNotDone();
                assertThat(write.isDone()).isFalse();
                assertThat(read.getKvs(0).getValue()).isEqualTo(bytes("1"));
                assertThat(write.get().getHeader().getRevision()).isEqualTo(revision + 1);
            } finally {
                channel.shutdownNow();
                next.join().close();
            }
        }
    }

    private ScrapedNode startSecond(int port) {
        try {
            return ScrapedNode.start(folder, "n2", Map.of("listen.client", "127.0.0.1:" + port));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean accepts(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
            return true;
        } catch (java.io.IOException e) {
            return false;
        }
    }

    private static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }
}
