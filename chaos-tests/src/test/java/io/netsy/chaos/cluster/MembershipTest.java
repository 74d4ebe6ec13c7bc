package io.netsy.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.netsy.chaos.crash.StoreUnderTest;
import io.netsy.etcd.proto.rpc.Member;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A cluster grows from one node to three and to five, loses one that is replaced, and shrinks to one, under load. */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class MembershipTest {
    @TempDir
    Path directory;

    @Test
    void oneToThreeToFiveToThreeToOneWithoutAFailedWrite() throws Exception {
        StoreUnderTest store = StoreUnderTest.file(directory.resolve("store"));
        try (GrowingCluster cluster = new GrowingCluster(directory, store)) {
            cluster.start("a");
            cluster.process("a").awaitServing();
            try (Writer writer = new Writer(cluster)) {
                grow(cluster, "b", "c");
                assertAllAgree(cluster, "a", "b", "c");
                writer.step("1 to 3");
                grow(cluster, "d", "e");
                assertAllAgree(cluster, "a", "b", "c", "d", "e");
                writer.step("3 to 5");

                cluster.process("e").kill();
                cluster.remove("e");
                cluster.addAtTheAddressOf("e", "f");
                assertAllAgree(cluster, "a", "b", "c", "d", "f");
                writer.step("one killed and replaced");

                cluster.remove(cluster.primary());
                writer.step("primary removed");
                shrinkTo(cluster, 3);
                writer.step("to 3");
                shrinkTo(cluster, 1);
                writer.awaitMore(50);
                writer.step("to 1");
                writer.finish();
                assertThat(cluster.running()).hasSize(1).doesNotContain("a");
                String last = cluster.running().getFirst();
                for (int i = 1; i <= writer.acknowledged(); i++) {
                    assertThat(cluster.client(last).get("key-" + i)).contains("value-" + i);
                }
                Figures.publish("membership writes=%d, slowest with its retries: %s"
                        .formatted(writer.acknowledged(), String.join(", ", writer.steps())));
            }
        }
    }

    @Test
    void aNodeOnTheLogOfANodeAloneWaitsUntilItIsAdded() throws Exception {
        StoreUnderTest store = StoreUnderTest.file(directory.resolve("store"));
        try (GrowingCluster cluster = new GrowingCluster(directory, store)) {
            cluster.startAlone("a");
            cluster.process("a").awaitServing();
            cluster.client("a").put("key", "value");

            cluster.start("b");
            Awaitility.await("b says what it waits for")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> cluster.process("b")
                            .output()
                            .contains("this node, 'b', waits to be added: the log in the store is that of a"));
            cluster.client("a").put("key", "another");
            assertThat(cluster.process("a").terminate()).isZero();
            cluster.start("a");
            cluster.process("a").awaitServing();
            cluster.add("b");

            assertThat(cluster.client("b").get("key")).contains("another");
            assertAllAgree(cluster, "a", "b");
            assertThat(cluster.process("b").isAlive()).isTrue();
        }
    }

    @Test
    void aMemberThatMovedIsReachedWhereItIsNow() throws Exception {
        StoreUnderTest store = StoreUnderTest.file(directory.resolve("store"));
        try (GrowingCluster cluster = new GrowingCluster(directory, store)) {
            cluster.start("a");
            cluster.process("a").awaitServing();
            grow(cluster, "b", "c");

            cluster.move("c");
            cluster.client("a").put("key", "value");
            assertThat(cluster.client("c").get("key")).contains("value");
            cluster.client(cluster.primary()).moveLeader(cluster.idOf("c"));

            assertThat(cluster.primary()).isEqualTo("c");
            for (String name : List.of("a", "b", "c")) {
                cluster.client(name).put("key", name);
                assertThat(cluster.client(name).get("key")).contains(name);
            }
            assertAllAgree(cluster, "a", "b", "c");
        }
    }

    private static void grow(GrowingCluster cluster, String... names) throws Exception {
        for (String name : names) {
            cluster.add(name);
        }
    }

    /** The oldest go first, so that nobody is left who was there at the beginning. */
    private static void shrinkTo(GrowingCluster cluster, int size) throws Exception {
        while (cluster.running().size() > size) {
            cluster.remove(cluster.running().getFirst());
        }
    }

    /** Every node tells the same members, and has the same history up to what all of them have. */
    private static void assertAllAgree(GrowingCluster cluster, String... names) {
        for (String name : names) {
            Awaitility.await("the members that " + name + " tells")
                    .atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(cluster.members(name))
                            .allMatch(member -> !member.getIsLearner() && member.getClientURLsCount() > 0)
                            .extracting(Member::getName)
                            .containsExactlyInAnyOrder(names));
        }
        long revision = cluster.client(names[0]).revision();
        Set<Long> digests = List.of(names).stream()
                .map(name -> {
                    Awaitility.await(name + " has revision " + revision)
                            .until(() -> cluster.client(name).localRevision() >= revision);
                    return cluster.client(name).hashKv(revision);
                })
                .collect(Collectors.toSet());
        assertThat(digests).hasSize(1);
    }

    /** Writes one key after the other, each until it is acknowledged by whatever node. */
    private static final class Writer implements AutoCloseable {
        private static final Duration ONE_TRY = Duration.ofSeconds(8);
        private static final Duration A_WRITE = Duration.ofSeconds(30);

        /** No node that leaves keeps a write until its own patience is over, which is 5 s. */
        private static final Duration KEPT_TOO_LONG = Duration.ofSeconds(5);

        private final GrowingCluster cluster;
        private final Thread thread;
        private final List<String> failures = new CopyOnWriteArrayList<>();
        private final List<String> steps = new ArrayList<>();
        private volatile boolean over;
        private volatile int acknowledged;
        private volatile long slowestNanos;

        Writer(GrowingCluster cluster) {
            this.cluster = cluster;
            this.thread = Thread.ofPlatform().name("writer").start(this::write);
        }

        private void write() {
            while (!over && failures.isEmpty()) {
                int next = acknowledged + 1;
                long started = System.nanoTime();
                if (!write("key-" + next, "value-" + next, started)) {
                    failures.add("key-%d was not written in %s".formatted(next, A_WRITE));
                    return;
                }
                slowestNanos = Math.max(slowestNanos, System.nanoTime() - started);
                acknowledged = next;
            }
        }

        private boolean write(String key, String value, long started) {
            while (System.nanoTime() - started < A_WRITE.toNanos()) {
                for (String name : cluster.running()) {
                    Status status = cluster.client(name).tryPut(key, value, ONE_TRY);
                    if (status.isOk()) {
                        return true;
                    }
                    if (status.getCode() != Status.Code.UNAVAILABLE
                            && status.getCode() != Status.Code.DEADLINE_EXCEEDED) {
                        failures.add("%s: %s".formatted(key, status));
                        return false;
                    }
                }
            }
            return false;
        }

        int acknowledged() {
            return acknowledged;
        }

        /** Ends a step, of which the slowest write is told. */
        void step(String name) {
            Duration slowest = Duration.ofNanos(slowestNanos);
            assertThat(slowest).as(name).isLessThan(KEPT_TOO_LONG);
            steps.add("%s %d ms".formatted(name, slowest.toMillis()));
            slowestNanos = 0;
        }

        List<String> steps() {
            return steps;
        }

        void awaitMore(int writes) {
            int enough = acknowledged + writes;
            Awaitility.await("writes go on")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> acknowledged >= enough || !failures.isEmpty());
        }

        void finish() {
            close();
            assertThat(failures).isEmpty();
        }

        @Override
        public void close() {
            over = true;
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
