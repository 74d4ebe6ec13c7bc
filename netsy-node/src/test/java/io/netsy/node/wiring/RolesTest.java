package io.netsy.node.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.netsy.elector.term.RegisterStorage.Stored;
import io.netsy.elector.term.TermRegister;
import io.netsy.elector.term.TermRegister.State;
import io.netsy.etcd.proto.mvcc.Event;
import io.netsy.etcd.proto.rpc.LeaseGrantRequest;
import io.netsy.etcd.proto.rpc.LeaseTimeToLiveRequest;
import io.netsy.etcd.proto.rpc.PutRequest;
import io.netsy.etcd.proto.rpc.PutResponse;
import io.netsy.etcd.proto.rpc.RangeRequest;
import io.netsy.etcd.proto.rpc.WatchCreateRequest;
import io.netsy.etcd.proto.rpc.WatchRequest;
import io.netsy.etcd.proto.rpc.WatchResponse;
import io.netsy.node.role.ElectorQuestions;
import io.netsy.node.role.RoleHost;
import io.netsy.replication.core.ElectorMessage.Fence;
import io.netsy.replication.core.ElectorMessage.Fenced;
import io.netsy.replication.core.ElectorMessage.Health;
import io.netsy.replication.core.ElectorMessage.Occupation;
import io.netsy.replication.core.ElectorMessage.Ping;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Nodes change their roles while they run: nothing acknowledged is lost, and what is watched comes once and in order. */
@Timeout(180)
class RolesTest {
    private static final Map<String, String> ON = Map.of();
    private static final Map<String, String> SLOW_ARCHIVE =
            Map.of("replication.synchronousCommit", "quorum", "replication.archiveDelay", "1h");
    private static final Map<String, String> QUORUM = Map.of("replication.synchronousCommit", "quorum");

    @TempDir
    Path folder;

    private static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }

    private static String get(ScrapedNode node, String key) {
        var found = node.kv
                .withDeadlineAfter(20, TimeUnit.SECONDS)
                .range(RangeRequest.newBuilder().setKey(bytes(key)).build());
        return found.getKvsCount() == 0 ? "" : found.getKvs(0).getValue().toStringUtf8();
    }

    /** Notes the revisions that a watch of everything from the beginning shows. */
    private static final class Watched implements StreamObserver<WatchResponse> {
        private final List<Long> revisions = new CopyOnWriteArrayList<>();
        private final List<String> ends = new CopyOnWriteArrayList<>();

        static Watched on(ScrapedNode node) {
            Watched watched = new Watched();
            StreamObserver<WatchRequest> requests = node.watch.watch(watched);
            requests.onNext(WatchRequest.newBuilder()
                    .setCreateRequest(WatchCreateRequest.newBuilder()
                            .setKey(bytes("\0"))
                            .setRangeEnd(bytes("\0"))
                            .setStartRevision(1))
                    .build());
            return watched;
        }

        @Override
        public void onNext(WatchResponse response) {
            for (Event event : response.getEventsList()) {
                revisions.add(event.getKv().getModRevision());
            }
            if (response.getCanceled()) {
                ends.add(response.getCancelReason());
            }
        }

        @Override
        public void onError(Throwable failure) {
            ends.add(failure.toString());
        }

        @Override
        public void onCompleted() {
            ends.add("completed");
        }

        void awaitAllUpTo(long revision) {
            List<Long> all = new ArrayList<>();
            for (long each = 2; each <= revision; each++) {
                all.add(each);
            }
            await().atMost(ElectedCluster.PATIENCE).untilAsserted(() -> {
                assertThat(ends).isEmpty();
                assertThat(revisions).isEqualTo(all);
            });
        }
    }

    @Test
    void aNodeFollowsLeadsAndFollowsAgain() throws Exception {
        try (ElectedCluster cluster = ElectedCluster.start(folder, ON)) {
            cluster.lead("a");
            Watched atA = Watched.on(cluster.node("a"));
            Watched atB = Watched.on(cluster.node("b"));
            cluster.node("a").put("one", "1");
            cluster.node("c").put("two", "2");

            cluster.lead("b");
            cluster.node("a").put("three", "3");
            cluster.node("b").put("four", "4");

            cluster.lead("a");
            long last = cluster.node("c").put("five", "5");

            for (String name : List.of("a", "b", "c")) {
                assertThat(List.of("one", "two", "three", "four", "five"))
                        .extracting(key -> get(cluster.node(name), key))
                        .containsExactly("1", "2", "3", "4", "5");
            }
            atA.awaitAllUpTo(last);
            atB.awaitAllUpTo(last);
        }
    }

    @Test
    void aNodeFollowsAPrimaryOfWhichNeitherItsStateNorItsConfigurationSaysAnything() throws Exception {
        try (ElectedCluster cluster = ElectedCluster.start(folder, ON)) {
            cluster.stop("b");
            cluster.start("b", Set.of("a", "b"));

            cluster.lead("c");
        }
    }

    @Test
    void atQuorumWhatTheBucketLacksComesFromTheOthers() throws Exception {
        try (ElectedCluster cluster = ElectedCluster.start(folder, SLOW_ARCHIVE)) {
            cluster.lead("a");
            awaitQuorum(cluster);
            Watched atC = Watched.on(cluster.node("c"));
            long last = 0;
            for (int i = 0; i < 50; i++) {
                last = cluster.node("a").put("key-" + i, "value");
            }

            cluster.lead("b");

            assertThat(get(cluster.node("b"), "key-49")).isEqualTo("value");
            long after = cluster.node("c").put("after", "x");
            assertThat(after).isEqualTo(last + 1);
            atC.awaitAllUpTo(after);
        }
    }

    @Test
    void aPrimaryThatCantReachTheRequiredTipSaysSoAndLeadsOnceItCan() throws Exception {
        try (ElectedCluster cluster = ElectedCluster.start(folder, SLOW_ARCHIVE)) {
            cluster.lead("a");
            awaitQuorum(cluster);
            cluster.stop("b");
            long last = 0;
            for (int i = 0; i < 20; i++) {
                last = cluster.node("a").put("key-" + i, "value");
            }
            Stored claim = cluster.elector().claim();
            long term = claim.register().term();
            var _ = cluster.elector().fence("a", term);
            var _ = cluster.elector().fence("c", term);
            cluster.cut(true);
            cluster.start("b");
            var _ = cluster.elector().fence("b", term);
            cluster.elector().assign(claim, "b", List.of("a", "b", "c"));
            cluster.elector().hint("b");
            cluster.awaitOccupied("b", Occupation.UNABLE, term);

            cluster.cut(false);

            cluster.awaitOccupied("b", Occupation.SERVING, term);
            cluster.elector().hint("c");
            assertThat(get(cluster.node("c"), "key-19")).isEqualTo("value");
            assertThat(cluster.node("b").put("after", "x")).isEqualTo(last + 1);
        }
    }

    @Test
    void aPrimaryWhoseDiskStandsStillHandsOver() throws Exception {
        try (ElectedCluster cluster = ElectedCluster.start(folder, ON)) {
            cluster.lead("a");
            CountDownLatch stalls = new CountDownLatch(1);
            CountDownLatch heals = new CountDownLatch(1);
            Cluster ofA = Objects.requireNonNull(cluster.node("a").node.cluster());
            Thread disk = Thread.ofPlatform().start(() -> {
                synchronized (ofA.file()) {
                    stalls.countDown();
                    awaitUninterruptibly(heals);
                }
            });
            stalls.await();
            var _ = cluster.node("c").put("stalls", "1");

            await().atMost(ElectedCluster.PATIENCE)
                    .until(() -> !cluster.elector().current().primary().equals("a"));
            assertThat(get(cluster.node("c"), "stalls")).isEqualTo("1");
            long after = cluster.node("b").put("after", "2");
            heals.countDown();
            disk.join();
            cluster.awaitOccupied(
                    "a", Occupation.FOLLOWING, cluster.elector().current().term());
            assertThat(cluster.node("a").put("healed", "3")).isEqualTo(after + 1);
        }
    }

    /** Nobody says that it would lead, nobody would name another one, and the disk may go on. */
    @Test
    void aPrimaryWhoseDiskStandsStillStaysWhileNoElectorIsHeard() throws Exception {
        try (ElectedCluster cluster = ElectedCluster.start(folder, ON)) {
            cluster.lead("a");
            cluster.cut(true);
            long term = cluster.elector().current().term();
            RoleHost host =
                    (RoleHost) Objects.requireNonNull(cluster.node("a").node.questions());
            await().atMost(ElectedCluster.PATIENCE).until(() -> !host.hearsElector(Departure.ELECTOR_SILENCE));
            CountDownLatch heals = new CountDownLatch(1);
            Cluster ofA = Objects.requireNonNull(cluster.node("a").node.cluster());
            Thread disk = Thread.ofPlatform().start(() -> {
                synchronized (ofA.file()) {
                    awaitUninterruptibly(heals);
                }
            });
            var _ = cluster.node("c").put("stalls", "1");
            await().atMost(ElectedCluster.PATIENCE)
                    .until(() -> ofA.writer().stalledFor().compareTo(Duration.ofSeconds(4)) > 0);

            assertThat(cluster.elector().current().state()).isEqualTo(State.ASSIGNED);
            heals.countDown();
            disk.join();
            assertThat(cluster.node("a").put("healed", "2")).isPositive();
            assertThat(cluster.elector().current().term()).isEqualTo(term);
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void awaitQuorum(ElectedCluster cluster) {
        await().atMost(ElectedCluster.PATIENCE)
                .until(() -> !cluster.elector().current().level().isCompleteInBucket());
    }

    @Test
    void aFenceEndsTheTermBeforeItIsAnswered() throws Exception {
        try (ElectedCluster cluster = ElectedCluster.start(folder, ON)) {
            cluster.lead("a");
            cluster.node("a").put("before", "1");
            Stored claim = cluster.elector().claim();
            long term = claim.register().term();

            Fenced fenced = cluster.elector().fence("a", term);

            assertThat(fenced.term()).isEqualTo(term);
            assertThat(cluster.elector().health("a")).satisfies(health -> {
                assertThat(health.occupation()).isEqualTo(Occupation.IDLE);
                assertThat(health.promised()).isEqualTo(term);
            });
            ListenableFuture<PutResponse> waits = cluster.node("a")
                    .kvFutures
                    .withDeadlineAfter(30, TimeUnit.SECONDS)
                    .put(PutRequest.newBuilder().setKey(bytes("waits")).build());
            List<String> all = List.of("a", "b", "c");
            for (String node : List.of("b", "c")) {
                var _ = cluster.elector().fence(node, term);
            }
            assertThat(waits.isDone()).isFalse();
            cluster.elector().assign(claim, "b", all);
            for (String node : all) {
                cluster.elector().hint(node);
            }
            assertThat(waits.get().getHeader().getRevision()).isEqualTo(3);
        }
    }

    @Test
    void aDeposedPrimarysTailThatNobodyAcknowledgedGoes() throws Exception {
        try (ElectedCluster cluster = ElectedCluster.start(folder, QUORUM)) {
            cluster.lead("a");
            awaitQuorum(cluster);
            long last = cluster.node("a").put("kept", "1");
            Stored claim = cluster.elector().claim();
            long term = claim.register().term();
            // Nobody confirms to the old primary from here on, who does not know it.
            for (String node : List.of("b", "c")) {
                var _ = cluster.elector().fence(node, term);
            }
            var unacknowledged = cluster.node("a")
                    .kvFutures
                    .withDeadlineAfter(30, TimeUnit.SECONDS)
                    .put(PutRequest.newBuilder()
                            .setKey(bytes("gone"))
                            .setValue(bytes("x"))
                            .build());

            cluster.elector().assign(claim, "b", List.of("b", "c"));
            for (String node : List.of("b", "c", "a")) {
                cluster.elector().hint(node);
            }
            cluster.awaitLed("b", term);

            assertThatThrownBy(unacknowledged::get).hasCauseInstanceOf(StatusRuntimeException.class);
            assertThat(cluster.node("c").put("next", "2")).isEqualTo(last + 1);
            for (String name : List.of("a", "b", "c")) {
                assertThat(get(cluster.node(name), "gone")).isEmpty();
                assertThat(get(cluster.node(name), "kept")).isEqualTo("1");
                assertThat(get(cluster.node(name), "next")).isEqualTo("2");
            }
        }
    }

    @Test
    void aHandOverUnderLoadLosesAndFailsNoWrite() throws Exception {
        try (ElectedCluster cluster = ElectedCluster.start(folder, ON)) {
            cluster.lead("a");
            Watched watched = Watched.on(cluster.node("c"));
            AtomicBoolean stop = new AtomicBoolean();
            List<Long> acknowledged = new CopyOnWriteArrayList<>();
            List<Throwable> failures = new CopyOnWriteArrayList<>();
            List<Thread> writers = new ArrayList<>();
            for (String name : List.of("a", "b", "c")) {
                writers.add(Thread.ofPlatform().start(() -> {
                    while (!stop.get()) {
                        try {
                            acknowledged.add(cluster.node(name).put("by-" + name, "x"));
                        } catch (RuntimeException e) {
                            failures.add(e);
                        }
                    }
                }));
            }
            await().atMost(ElectedCluster.PATIENCE).until(() -> acknowledged.size() > 30);

            cluster.elector().handOver("b");
            await().atMost(ElectedCluster.PATIENCE)
                    .until(() -> cluster.elector().current().primary().equals("b"));
            cluster.awaitLed("b", cluster.elector().current().term());
            int before = acknowledged.size();
            await().atMost(ElectedCluster.PATIENCE).until(() -> acknowledged.size() > before + 30);
            stop.set(true);
            for (Thread writer : writers) {
                writer.join();
            }

            assertThat(failures).extracting(Throwable::toString).isEmpty();
            assertThat(acknowledged).doesNotHaveDuplicates();
            long last = cluster.node("a").put("last", "x");
            assertThat(last).isEqualTo(acknowledged.size() + 2L);
            watched.awaitAllUpTo(last);
        }
    }

    @Test
    void aPrimaryThatIsToldToStopHandsOver() throws Exception {
        try (ElectedCluster cluster = ElectedCluster.start(folder, QUORUM)) {
            cluster.lead("a");
            awaitQuorum(cluster);
            cluster.node("a").put("key", "1");
            ElectorQuestions leaving = cluster.questions("a");
            cluster.stop("a");
            TermRegister given = cluster.elector().current();

            assertThat(given.state()).isEqualTo(State.ASSIGNED);
            assertThat(given.primary()).isEqualTo("b");
            // What an elector may still ask while the process ends: it sees that nobody leads, and can't have this node
            // promise.
            assertThat(leaving.ask(new Ping(0, false, "", new UUID(0, 0))))
                    .isCompletedWithValueMatching(
                            answer -> answer instanceof Health health && health.occupation() == Occupation.IDLE);
            assertThat(leaving.ask(new Fence(given.term() + 1))).isCompletedExceptionally();
            cluster.awaitLed("b", given.term());
            assertThat(get(cluster.node("c"), "key")).isEqualTo("1");
        }
    }

    @Test
    void aPrimaryThatIsToldToStopAndFindsNoSuccessorGivesItsTermBack() throws Exception {
        try (ElectedCluster cluster = ElectedCluster.start(folder, QUORUM)) {
            cluster.lead("a");
            awaitQuorum(cluster);
            cluster.node("a").put("key", "1");
            cluster.cut(true);
            cluster.stop("a");

            assertThat(cluster.elector().current().state()).isEqualTo(State.RELEASED);
            cluster.cut(false);
            cluster.lead("b");
            assertThat(get(cluster.node("c"), "key")).isEqualTo("1");
        }
    }

    @Test
    void leasesKeepTheirTimeAndTheirKeysThroughARoleChange() throws Exception {
        try (ElectedCluster cluster = ElectedCluster.start(folder, ON)) {
            cluster.lead("a");
            long lease = cluster.node("a")
                    .lease
                    .leaseGrant(LeaseGrantRequest.newBuilder().setTTL(600).build())
                    .getID();
            long shortLease = cluster.node("b")
                    .lease
                    .leaseGrant(LeaseGrantRequest.newBuilder().setTTL(2).build())
                    .getID();
            var _ = cluster.node("a")
                    .kv
                    .put(PutRequest.newBuilder()
                            .setKey(bytes("held"))
                            .setLease(lease)
                            .build());
            var _ = cluster.node("a")
                    .kv
                    .put(PutRequest.newBuilder()
                            .setKey(bytes("ends"))
                            .setLease(shortLease)
                            .build());

            cluster.lead("b");

            var left = cluster.node("a")
                    .lease
                    .leaseTimeToLive(LeaseTimeToLiveRequest.newBuilder()
                            .setID(lease)
                            .setKeys(true)
                            .build());
            assertThat(left.getTTL()).isBetween(500L, 600L);
            assertThat(left.getKeysList()).containsExactly(bytes("held"));
            await().atMost(ElectedCluster.PATIENCE)
                    .until(() -> cluster.node("c")
                                    .kv
                                    .range(RangeRequest.newBuilder()
                                            .setKey(bytes("ends"))
                                            .build())
                                    .getKvsCount()
                            == 0);
        }
    }
}
