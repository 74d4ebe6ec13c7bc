package io.netsy.node.primary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netsy.elector.term.RegisterStorage.Stored;
import io.netsy.elector.term.TermRegister.Claimant;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.error.EtcdException;
import io.netsy.node.objectstore.testkit.Fault;
import io.netsy.node.objectstore.testkit.FaultPlan;
import io.netsy.node.objectstore.testkit.FaultPlan.Operation;
import io.netsy.node.term.ObjectRegisterStorage;
import io.netsy.replication.model.LogPosition;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** When a proposal is answered, with what, and what a client may believe of it. */
class SequencerTest {
    private static final Duration LEASE = Duration.ofSeconds(3);

    private static FaultPlan chunkPuts(Fault fault) {
        return FaultPlan.always(fault).onlyFor(call -> call.operation() == Operation.PUT);
    }

    private static FaultPlan nextChunkPut(Fault fault) {
        return FaultPlan.inTurn(fault).onlyFor(call -> call.operation() == Operation.PUT);
    }

    private static EtcdError errorOf(CompletableFuture<?> answer) {
        try {
            answer.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof EtcdException rejected) {
                return rejected.error();
            }
            throw e;
        }
        throw new AssertionError("it was answered");
    }

    @Test
    void nothingIsAnsweredOrReadableBeforeItsChunkStands() throws Exception {
        try (TermBed bed = new TermBed(LEASE)) {
            CountDownLatch release = new CountDownLatch(1);
            bed.store.follow(chunkPuts(new Fault.Hang(release)));
            CompletableFuture<Long> write = bed.term.proposer().propose(TermBed.put("a", 1));
            CompletableFuture<Long> resting = bed.term.proposer().propose(TermBed.noEffect());
            bed.term.states().linearizable().join();

            assertThat(write).isNotDone();
            assertThat(resting)
                    .as("what rests on an effect in flight waits for it")
                    .isNotDone();
            assertThat(bed.term.states().committed().state().revision()).isEqualTo(1);

            release.countDown();

            assertThat(write.join()).isEqualTo(2);
            assertThat(resting.join()).isEqualTo(2);
            assertThat(bed.term.states().committed().state().revision()).isEqualTo(2);
        }
    }

    @Test
    void listenersHearOfACommitBeforeItsWritersAreAnswered() throws Exception {
        try (TermBed bed = new TermBed(LEASE)) {
            for (int i = 0; i < 20; i++) {
                long revision =
                        bed.term.proposer().propose(TermBed.put("k" + i, 1)).join();
                assertThat(bed.commits.getLast().revisions().getLast().revision())
                        .isEqualTo(revision);
            }
        }
    }

    @Test
    void aLostAnswerIsSettledAndTheWriteStandsOnce() throws Exception {
        try (TermBed bed = new TermBed(LEASE)) {
            bed.store.follow(nextChunkPut(new Fault.TimeoutAfterSuccess()));

            assertThat(bed.term.proposer().propose(TermBed.put("a", 1)).join()).isEqualTo(2);
            assertThat(bed.term.proposer().propose(TermBed.put("b", 1)).join()).isEqualTo(3);
        }
    }

    @Test
    void aWriteThatTakesTooLongIsOfUnknownOutcomeAndKeepsItsRevision() throws Exception {
        try (TermBed bed = new TermBed(Duration.ZERO)) {
            CountDownLatch release = new CountDownLatch(1);
            bed.store.follow(chunkPuts(new Fault.Hang(release)));
            CompletableFuture<Long> late = bed.term.proposer().propose(TermBed.put("a", 1));
            await().untilAsserted(
                            () -> assertThat(bed.store.list("log/", null, 10)).hasSize(1));
            bed.clock.push(TermBed.REQUEST_TIMEOUT.plusSeconds(1));

            assertThat(errorOf(late)).isEqualTo(EtcdError.TIMED_OUT);
            release.countDown();
            assertThat(bed.term.proposer().propose(TermBed.put("b", 1)).join())
                    .as("revision 2 was sequenced and is never given to another write")
                    .isEqualTo(3);
        }
    }

    @Test
    void aFullQueueRefusesAndSaysSoInsteadOfGrowing() throws Exception {
        try (TermBed bed = new TermBed(LEASE)) {
            CountDownLatch release = new CountDownLatch(1);
            bed.store.follow(chunkPuts(new Fault.Hang(release)));
            int writeBytes = 1 << 20;
            List<CompletableFuture<Long>> writes = new ArrayList<>();
            for (int i = 0; i < 80; i++) {
                writes.add(bed.term.proposer().propose(TermBed.put("k" + i, writeBytes)));
            }
            List<CompletableFuture<Long>> refused = writes.stream()
                    .filter(CompletableFuture::isCompletedExceptionally)
                    .toList();

            assertThat(refused).hasSizeBetween(1, 16);
            assertThat(refused).allMatch(write -> errorOf(write) == EtcdError.TOO_MANY_REQUESTS);

            release.countDown();
            List<Long> revisions = writes.stream()
                    .filter(write -> !write.isCompletedExceptionally())
                    .map(CompletableFuture::join)
                    .toList();
            assertThat(revisions).hasSize(writes.size() - refused.size()).doesNotHaveDuplicates();
        }
    }

    @Test
    void whoWaitsForTheLogInTheBucketWaitsForItsChunk() throws Exception {
        try (TermBed bed = new TermBed(LEASE)) {
            bed.term.awaitStored(new LogPosition(1, 1, 0));
            CountDownLatch release = new CountDownLatch(1);
            bed.store.follow(chunkPuts(new Fault.Hang(release)));
            CompletableFuture<Long> write = bed.term.proposer().propose(TermBed.put("a", 1));
            CompletableFuture<Void> stored = new CompletableFuture<>();
            Thread waiting = Thread.ofPlatform().start(() -> {
                try {
                    bed.term.awaitStored(new LogPosition(1, 2, 0));
                    stored.complete(null);
                } catch (IOException e) {
                    stored.completeExceptionally(e);
                }
            });
            await().until(() -> waiting.getState() == Thread.State.TIMED_WAITING);

            release.countDown();

            assertThat(write.join()).isEqualTo(2);
            stored.join();
        }
    }

    @Test
    void nobodyWaitsForTheLogOfATermThatEnded() throws Exception {
        try (TermBed bed = new TermBed(LEASE)) {
            bed.term.close();

            assertThatThrownBy(() -> bed.term.awaitStored(new LogPosition(1, 99, 0)))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void aDeposedPrimaryAnswersNobody() throws Exception {
        try (TermBed bed = new TermBed(LEASE)) {
            CountDownLatch release = new CountDownLatch(1);
            bed.store.follow(chunkPuts(new Fault.Hang(release)));
            CompletableFuture<Long> pending = bed.term.proposer().propose(TermBed.put("a", 1));
            ObjectRegisterStorage register = new ObjectRegisterStorage(bed.store);
            Stored stored = register.read().orElseThrow();
            Claimant rival = new Claimant("b", bed.clock.newId(), bed.clock.newId());
            register.swap(stored, stored.register().claimedBy(rival, bed.clock.newId()));

            await().until(() -> bed.term.ended().isDone());
            release.countDown();

            assertThat(bed.term.ended().join().faulty()).isFalse();
            assertThat(errorOf(pending)).isEqualTo(EtcdError.TIMED_OUT);
            assertThat(errorOf(bed.term.proposer().propose(TermBed.put("b", 1))))
                    .isEqualTo(EtcdError.NO_LEADER);
            assertThat(errorOf(bed.term.states().linearizable())).isEqualTo(EtcdError.NO_LEADER);
        }
    }
}
