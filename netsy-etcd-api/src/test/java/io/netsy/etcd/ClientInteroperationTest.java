package io.netsy.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.netsy.etcd.proto.mvcc.KeyValue;
import io.netsy.etcd.proto.rpc.KVGrpc;
import io.netsy.etcd.proto.rpc.RangeRequest;
import io.netsy.etcd.proto.rpc.RangeResponse;
import io.netsy.etcd.proto.rpc.RangeStreamResponse;
import io.netsy.etcd.proto.rpc.ResponseHeader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Shows that the generated stubs, grpc-netty and an independent etcd client understand one another over a socket. */
class ClientInteroperationTest {
    private Server server;

    @BeforeEach
    void start() throws IOException {
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(new EchoingKeyValueService())
                .build()
                .start();
    }

    @AfterEach
    void stop() throws InterruptedException {
        server.shutdownNow().awaitTermination(60, TimeUnit.SECONDS);
    }

    @Test
    void anIndependentClientReadsAKey() throws Exception {
        try (Client client = Client.builder()
                .endpoints("http://127.0.0.1:" + server.getPort())
                .build()) {
            var response = client.getKVClient()
                    .get(ByteSequence.from("kubernetes".getBytes(StandardCharsets.UTF_8)))
                    .get(60, TimeUnit.SECONDS);

            assertThat(response.getHeader().getRevision()).isEqualTo(42);
            assertThat(response.getKvs())
                    .singleElement()
                    .extracting(pair -> pair.getValue().toString())
                    .isEqualTo("value of kubernetes");
        }
    }

    @Test
    void rangeStreamArrivesInParts() {
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
                .usePlaintext()
                .build();
        try {
            List<String> values = new ArrayList<>();
            KVGrpc.newBlockingStub(channel)
                    .rangeStream(RangeRequest.newBuilder()
                            .setKey(ByteString.copyFromUtf8("a"))
                            .setLimit(3)
                            .build())
                    .forEachRemaining(part -> values.add(
                            part.getRangeResponse().getKvs(0).getValue().toStringUtf8()));

            assertThat(values).containsExactly("value of a", "value of a", "value of a");
        } finally {
            channel.shutdownNow();
        }
    }

    /** Answers every range with one pair made of the key that was asked for. */
    private static final class EchoingKeyValueService extends KVGrpc.KVImplBase {
        @Override
        public void range(RangeRequest request, StreamObserver<RangeResponse> answer) {
            answer.onNext(responseTo(request));
            answer.onCompleted();
        }

        @Override
        public void rangeStream(RangeRequest request, StreamObserver<RangeStreamResponse> answer) {
            for (long part = 0; part < request.getLimit(); part++) {
                answer.onNext(RangeStreamResponse.newBuilder()
                        .setRangeResponse(responseTo(request))
                        .build());
            }
            answer.onCompleted();
        }

        private static RangeResponse responseTo(RangeRequest request) {
            ByteString value = ByteString.copyFromUtf8("value of ").concat(request.getKey());
            return RangeResponse.newBuilder()
                    .setHeader(ResponseHeader.newBuilder().setRevision(42))
                    .addKvs(KeyValue.newBuilder().setKey(request.getKey()).setValue(value))
                    .setCount(1)
                    .build();
        }
    }
}
