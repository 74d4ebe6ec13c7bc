package io.netsy.chaos.crash;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.netsy.chaos.process.NodeProcess;
import io.netsy.etcd.proto.rpc.KVGrpc;
import io.netsy.etcd.proto.rpc.PutRequest;
import io.netsy.etcd.proto.rpc.RangeRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two nodes started by mistake on one store: the second takes the term, the first is fenced and answers neither write nor
 * linearizable read after the second serves (protocol safety, 7, 10, 11, 13 and 28).
 */
class TakeoverTest {
    private static final ByteString KEY = ByteString.copyFromUtf8("contended");

    @TempDir
    Path directory;

    private final List<NodeProcess> nodes = new ArrayList<>();
    private final List<ManagedChannel> channels = new ArrayList<>();

    @SuppressWarnings("NullAway.Init") // by startFirst
    private ManagedChannel first;

    @BeforeEach
    void startFirst() throws Exception {
        first = start("first");
    }

    @AfterEach
    void stopAll() {
        channels.forEach(ManagedChannel::shutdownNow);
        nodes.forEach(NodeProcess::close);
    }

    private ManagedChannel start(String dataDir) throws Exception {
        List<String> arguments =
                new ArrayList<>(StoreUnderTest.file(directory.resolve("store")).arguments());
        arguments.addAll(List.of(
                "--name", "n1",
                "--data-dir", directory.resolve(dataDir).toString(),
                "--lease-read-lease", "1s"));
        NodeProcess node = NodeProcess.start(new NodeProcess.Command(
                NodeProcess.freePort(), arguments, Map.of(), directory.resolve(dataDir + ".log")));
        nodes.add(node);
        node.awaitServing();
        ManagedChannel channel = node.channel();
        channels.add(channel);
        return channel;
    }

    private static boolean tryPut(ManagedChannel channel, String value) {
        try {
            var _ = KVGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(10, TimeUnit.SECONDS)
                    .put(PutRequest.newBuilder()
                            .setKey(KEY)
                            .setValue(ByteString.copyFromUtf8(value))
                            .build());
            return true;
        } catch (StatusRuntimeException e) {
            return false;
        }
    }

    private static Optional<String> tryGet(ManagedChannel channel) {
        try {
            return Optional.of(KVGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(10, TimeUnit.SECONDS)
                    .range(RangeRequest.newBuilder().setKey(KEY).build())
                    .getKvs(0)
                    .getValue()
                    .toStringUtf8());
        } catch (StatusRuntimeException e) {
            return Optional.empty();
        }
    }

    @Test
    void scenario10_theFirstOfTwoSingleNodesAnswersNothingStaleAndNothingNew() throws Exception {
        assertThat(tryPut(first, "by the first")).isTrue();

        ManagedChannel second = start("second");

        assertThat(tryGet(second)).contains("by the first");
        assertThat(tryPut(second, "by the second")).isTrue();
        assertThat(tryGet(first)).isEmpty();
        assertThat(tryPut(first, "by the deposed")).isFalse();
        assertThat(tryGet(second)).contains("by the second");
        assertThat(nodes.getFirst().output()).contains("the term register names term 2");
    }

    @Test
    void scenario07_aFrozenFirstWakesUpFenced() throws Exception {
        assertThat(tryPut(first, "by the first")).isTrue();
        nodes.getFirst().signal("STOP");
        ManagedChannel second = start("second");
        assertThat(tryPut(second, "by the second")).isTrue();

        nodes.getFirst().signal("CONT");

        assertThat(tryPut(first, "by the woken")).isFalse();
        assertThat(tryGet(first)).isEmpty();
        assertThat(tryGet(second)).contains("by the second");
    }

    @Test
    void theFirstIsFencedWithinSecondsWhileItIsUnderLoad() throws Exception {
        CrashWorkload load = new CrashWorkload(first, 50);
        Awaitility.await().until(() -> load.acknowledgedCount() > 100);

        ManagedChannel second = start("second");

        Awaitility.await("the first gives up").atMost(Duration.ofSeconds(5)).until(() -> !NodeProcess.serves(first));
        List<Operation> operations = load.finish();
        assertThat(CrashTest.violations(second, operations)).isEmpty();
    }
}
