package io.netsy.etcd.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.netsy.etcd.access.CallerName;
import io.netsy.etcd.proto.rpc.LeaseGrpc;
import io.netsy.etcd.proto.rpc.LeaseKeepAliveRequest;
import io.netsy.etcd.proto.rpc.LeaseKeepAliveResponse;
import io.netsy.etcd.testkit.InProcessServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A relayed stream is as fast as its receiver, in each direction; in-process, a receiver is ready for what it asked for. */
class BackPressureTest {
    private final Primary primary = new Primary();
    private final InProcessServer peers = new InProcessServer(primary);
    private final InProcessServer clients = new InProcessServer(Listeners.behind(
            List.of(new LeaseGrpc.LeaseImplBase() {}),
            new Forwarding(Listeners.settings(
                    Listeners.always(Listeners.over(peers.channel())), Duration.ofSeconds(30), CallerName.NONE))));
    private final ClientCall<LeaseKeepAliveRequest, LeaseKeepAliveResponse> call =
            clients.channel().newCall(LeaseGrpc.getLeaseKeepAliveMethod(), CallOptions.DEFAULT);
    private final List<LeaseKeepAliveResponse> answers = new ArrayList<>();

    @AfterEach
    void close() {
        call.cancel("the test is over", null);
        clients.close();
        peers.close();
    }

    /** Asks for requests only when told to. */
    private static final class Primary extends LeaseGrpc.LeaseImplBase {
        final AtomicReference<ServerCallStreamObserver<LeaseKeepAliveResponse>> stream = new AtomicReference<>();
        final List<LeaseKeepAliveRequest> received = new ArrayList<>();

        @Override
        public StreamObserver<LeaseKeepAliveRequest> leaseKeepAlive(StreamObserver<LeaseKeepAliveResponse> responses) {
            ServerCallStreamObserver<LeaseKeepAliveResponse> own =
                    (ServerCallStreamObserver<LeaseKeepAliveResponse>) responses;
            own.disableAutoRequest();
            own.setOnReadyHandler(() -> {});
            stream.set(own);
            return new StreamObserver<>() {
                @Override
                public void onNext(LeaseKeepAliveRequest request) {
                    received.add(request);
                }

                @Override
                public void onError(Throwable failure) {}

                @Override
                public void onCompleted() {}
            };
        }

        ServerCallStreamObserver<LeaseKeepAliveResponse> stream() {
            var open = stream.get();
            assertThat(open).isNotNull();
            return open;
        }
    }

    private void start() {
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onMessage(LeaseKeepAliveResponse answer) {
                        answers.add(answer);
                    }
                },
                new Metadata());
    }

    @Test
    void requestsAreAskedForWhenThePrimaryIsReady() {
        start();
        assertThat(call.isReady()).isFalse();

        primary.stream().request(1);
        assertThat(call.isReady()).isTrue();
        call.sendMessage(LeaseKeepAliveRequest.newBuilder().setID(1).build());
        assertThat(primary.received).hasSize(1);
        assertThat(call.isReady()).isFalse();
        call.sendMessage(LeaseKeepAliveRequest.newBuilder().setID(2).build());
        assertThat(primary.received).hasSize(1);

        primary.stream().request(1);
        assertThat(primary.received).hasSize(2);
    }

    @Test
    void answersAreAskedForWhenTheClientIsReady() {
        start();
        assertThat(primary.stream().isReady()).isFalse();
        primary.stream().onNext(LeaseKeepAliveResponse.newBuilder().setID(1).build());
        assertThat(answers).isEmpty();

        call.request(1);
        assertThat(answers).hasSize(1);
        assertThat(primary.stream().isReady()).isFalse();

        call.request(1);
        assertThat(primary.stream().isReady()).isTrue();
    }
}
