package io.netsy.chaos.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.netsy.chaos.process.NodeClient;
import io.netsy.chaos.process.NodeProcess;
import io.netsy.etcd.proto.mvcc.Event;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kills a real node under load, takes its disk away, starts it anew on an empty one, again and again; then audits every
 * answer against the history. {@code -Dcrash.rounds=30} for the long run; {@code -Dcrash.seed} replays the timing.
 */
class CrashTest {
    private static final Logger LOG = LoggerFactory.getLogger(CrashTest.class);
    private static final int WRITERS = 200;
    private static final int ROUNDS = Integer.getInteger("crash.rounds", 3);
    private static final long SEED = Long.getLong("crash.seed", new Random().nextLong());

    @TempDir
    Path directory;

    @Test
    void nothingAcknowledgedIsLostOnTheFileStore() throws Exception {
        run(StoreUnderTest.file(directory.resolve("store")));
    }

    @Test
    void nothingAcknowledgedIsLostOnS3() throws Exception {
        run(StoreUnderTest.s3());
    }

    private void run(StoreUnderTest store) throws Exception {
        LOG.info("crash test store={} rounds={} seed={}", store.name(), ROUNDS, SEED);
        Random random = new Random(SEED);
        int port = NodeProcess.freePort();
        NodeProcess node = start(store, port, 0);
        ManagedChannel channel = node.channel();
        CrashWorkload workload = new CrashWorkload(channel, WRITERS);
        long loadedMillis = 0;
        for (int round = 1; round <= ROUNDS; round++) {
            node.awaitServing();
            long loadMillis = 500L + random.nextInt(1500);
            loadedMillis += loadMillis;
            LockSupport.parkNanos(Duration.ofMillis(loadMillis).toNanos());
            node.kill();
            NodeProcess.wipe(directory.resolve("data-" + (round - 1)));
            node = start(store, port, round);
        }
        node.awaitServing();
        List<Operation> operations = workload.finish();
        channel.shutdownNow();
        String figures = audit(node, operations, loadedMillis);
        Files.writeString(Path.of("target", "crash-" + store.name() + ".txt"), figures + "\n");
        assertThat(node.terminate()).isZero();
    }

    private NodeProcess start(StoreUnderTest store, int port, int round) throws Exception {
        List<String> arguments = new ArrayList<>(store.arguments());
        arguments.addAll(List.of(
                "--name", "n1",
                "--data-dir", directory.resolve("data-" + round).toString(),
                "--lease-read-lease", "1s"));
        return NodeProcess.start(
                new NodeProcess.Command(port, arguments, store.environment(), directory.resolve("netsy.log")));
    }

    /** Answers the figures in one line. */
    private static String audit(NodeProcess node, List<Operation> operations, long loadedMillis) throws Exception {
        ManagedChannel channel = node.channel();
        try {
            long acknowledged =
                    operations.stream().filter(Operation::isAcknowledged).count();
            String figures = "rounds=%d operations=%d acknowledged=%d per_second_of_load=%d"
                    .formatted(ROUNDS, operations.size(), acknowledged, acknowledged * 1000 / loadedMillis);
            LOG.info("audit {}", figures);
            assertThat(violations(channel, operations)).isEmpty();
            return figures;
        } finally {
            channel.shutdownNow();
        }
    }

    /** What the store shows now that contradicts what clients were told. */
    static List<String> violations(ManagedChannel channel, List<Operation> operations) throws Exception {
        NodeClient client = new NodeClient(channel);
        List<Event> history = client.history(client.revision());
        List<String> violations = new ArrayList<>(HistoryAudit.run(operations, history, 2));
        long hash = client.hashKv(0);
        if (hash != HistoryAudit.hashKv(history)) {
            violations.add("HashKV is %d, that of the history %d".formatted(hash, HistoryAudit.hashKv(history)));
        }
        return violations;
    }
}
