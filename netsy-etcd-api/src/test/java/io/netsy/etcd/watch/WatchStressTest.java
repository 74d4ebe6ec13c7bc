package io.netsy.etcd.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.netsy.etcd.port.Evaluation;
import io.netsy.etcd.proto.rpc.WatchCreateRequest;
import io.netsy.etcd.proto.rpc.WatchGrpc;
import io.netsy.etcd.proto.rpc.WatchProgressRequest;
import io.netsy.etcd.proto.rpc.WatchRequest;
import io.netsy.etcd.proto.rpc.WatchResponse;
import io.netsy.etcd.state.KeyRecord;
import io.netsy.etcd.testkit.TestNode;
import io.netsy.etcd.testkit.TestStore;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.Change;
import io.netsy.replication.model.Entry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The same promises with real threads and sockets: what the simulation can't interleave. */
class WatchStressTest {
    private static final int REVISIONS = 4000;
    private static final int CLIENTS = 12;

    private static final WatchSettings SMALL = new WatchSettings(
            Duration.ofMillis(100),
            8_000,
            new WatchSettings.Outbound(8, 16_000, 100_000),
            new WatchSettings.Replay(2, 4, 50, 20_000, Duration.ofMillis(1)),
            new WatchSettings.Memory(100, 50_000, 50, 20_000));

    private final ExecutorService dispatcher = Executors.newSingleThreadExecutor();
    private final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
    private final ManualTimer timer = new ManualTimer();
    private final TestStore store = new TestStore();
    private final EventLog log = new EventLog();
    private final WatchHub hub = new WatchHub(
            new WatchPorts(store, store.revisions(), new TestNode(store), WatchAuthorizer.PERMIT_ALL),
            new WatchRuntime(dispatcher, blocking, timer, 16, new SplittableRandom(1)),
            SMALL);
    private final List<Client> clients = new ArrayList<>();
    private Server server;
    private ManagedChannel channel;

    @BeforeEach
    void start() throws IOException {
        store.addListener(log::append);
        store.addListener(hub);
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(new WatchService(hub))
                .build()
                .start();
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
                .usePlaintext()
                .build();
    }

    @AfterEach
    void stop() throws InterruptedException {
        channel.shutdownNow();
        server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
        dispatcher.shutdownNow();
        blocking.shutdownNow();
    }

    @Test
    void everyWatcherSeesItsHistoryOnceAndInOrder() {
        Random random = new Random(1);
        for (int i = 0; i < REVISIONS; i++) {
            put("a" + random.nextInt(20), random.nextInt(500));
            if (i % (REVISIONS / CLIENTS) == 0) {
                clients.add(new Client(i));
            }
            if (i % 500 == 0) {
                store.revisions().evictAll();
                clients.forEach(Client::requestProgress);
            }
        }
        await().atMost(Duration.ofMinutes(2))
                .untilAsserted(() -> assertThat(
                                hub.stats().slowWatchers() + hub.stats().queuedBytes())
                        .isZero());
        await().atMost(Duration.ofMinutes(1)).until(() -> {
            clients.forEach(Client::requestProgress);
            return clients.stream().allMatch(Client::isAtTheEnd);
        });
        assertThat(clients).allSatisfy(Client::judge);
        assertThat(hub.stats().replayPasses()).isPositive();
    }

    private void put(String name, int valueBytes) {
        store.propose((tip, revisions) -> {
                    Bytes key = Bytes.utf8(name);
                    KeyRecord before = tip.live(key);
                    long revision = tip.revision() + 1;
                    Change put = new Change.Put(
                            key,
                            Bytes.wrap(new byte[valueBytes]),
                            before == null ? revision : before.createRevision(),
                            before == null ? 1 : before.version() + 1,
                            0);
                    return Evaluation.effect(tip, new Entry.Transaction(revision, List.of(put)), revision);
                })
                .join();
    }

    /** A client whose pace depends on its number. */
    private final class Client extends ClientCall.Listener<WatchResponse> {
        private final ClientCall<WatchRequest, WatchResponse> call;
        private final int number;
        private final List<WatchResponse> received = new ArrayList<>();
        private final List<WatchCreateRequest> creates = new ArrayList<>();
        private long reported;

        Client(int number) {
            this.number = number;
            call = channel.newCall(WatchGrpc.getWatchMethod(), CallOptions.DEFAULT);
            call.start(this, new Metadata());
            call.request(1);
            create(WatchCreateRequest.newBuilder()
                    .setKey(ByteString.copyFromUtf8("a"))
                    .setRangeEnd(ByteString.copyFromUtf8("b"))
                    .setPrevKv(true)
                    .setStartRevision(Math.max(1, number - 300)));
            create(WatchCreateRequest.newBuilder()
                    .setKey(ByteString.copyFromUtf8("a1"))
                    .setFragment(true)
                    .setStartRevision(Math.min(number + 50, REVISIONS)));
        }

        private void create(WatchCreateRequest.Builder request) {
            creates.add(request.build());
            call.sendMessage(WatchRequest.newBuilder().setCreateRequest(request).build());
        }

        synchronized void requestProgress() {
            call.sendMessage(WatchRequest.newBuilder()
                    .setProgressRequest(WatchProgressRequest.getDefaultInstance())
                    .build());
        }

        @Override
        public void onMessage(WatchResponse response) {
            synchronized (this) {
                received.add(response);
                if (response.getWatchId() == FrameEncoder.NO_WATCHER) {
                    reported = response.getHeader().getRevision();
                }
            }
            for (int i = 0; i < number; i++) {
                Thread.onSpinWait();
            }
            call.request(1);
        }

        synchronized boolean isAtTheEnd() {
            return reported == REVISIONS + 1;
        }

        synchronized void judge() {
            StreamChecker checker = new StreamChecker(log);
            creates.forEach(request -> checker.onCreate(request, 1));
            received.forEach(checker::onResponse);
            checker.onEnd(true, 0);
        }
    }
}
