package io.netsy.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.netsy.etcd.proto.rpc.KVGrpc;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ConnectionsTest {
    private final List<Server> servers = new ArrayList<>();
    private final List<String> called = new ArrayList<>();

    @BeforeEach
    void startThree() throws Exception {
        for (int i = 0; i < 3; i++) {
            servers.add(NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .build()
                    .start());
        }
    }

    @AfterEach
    void stop() {
        servers.forEach(Server::shutdownNow);
    }

    private List<Endpoint> endpoints() {
        return servers.stream()
                .map(server -> new Endpoint("127.0.0.1", server.getPort(), false))
                .toList();
    }

    private Connections open(int connections) throws Exception {
        Target target = new Target(endpoints(), TlsFiles.NONE, connections, Duration.ofSeconds(10));
        return Connections.open(target, List.of(new Recorder()));
    }

    @Test
    void oneClientTakesTheServersInTurn() throws Exception {
        try (Connections connections = open(3)) {
            Channel inTurn = connections.inTurn();
            IntStream.range(0, 4).forEach(_ -> {
                var _ = inTurn.newCall(KVGrpc.getPutMethod(), CallOptions.DEFAULT);
            });

            List<String> names = endpoints().stream().map(Endpoint::toString).toList();
            assertThat(called).containsExactly(names.get(0), names.get(1), names.get(2), names.get(0));
        }
    }

    @Test
    void theConnectionsToAServerAreFound() throws Exception {
        try (Connections connections = open(7)) {
            Endpoint first = endpoints().getFirst();
            assertThat(connections.channelsTo(Set.of(first)))
                    .hasSize(3)
                    .allMatch(channel -> channel.authority().equals(first.toString()));
            assertThat(connections.channelsTo(Set.of())).hasSize(7);
        }
    }

    private final class Recorder implements ClientInterceptor {
        @Override
        public <Q, R> ClientCall<Q, R> interceptCall(
                MethodDescriptor<Q, R> method, CallOptions options, Channel channel) {
            called.add(String.valueOf(channel.authority()));
            return channel.newCall(method, options);
        }
    }
}
