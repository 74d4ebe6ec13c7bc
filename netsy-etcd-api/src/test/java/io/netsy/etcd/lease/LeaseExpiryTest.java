package io.netsy.etcd.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.etcd.alarm.Alarms;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.port.CommitListener;
import io.netsy.etcd.port.CommittedState;
import io.netsy.etcd.port.Proposal;
import io.netsy.etcd.port.Proposer;
import io.netsy.etcd.state.Alarm;
import io.netsy.etcd.state.StoreState;
import io.netsy.etcd.testkit.TestClock;
import io.netsy.etcd.testkit.TestStore;
import io.netsy.replication.model.Entry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Expiry of many leases against a virtual clock. */
class LeaseExpiryTest {
    private final TestStore store = new TestStore();
    private final TestClock nanos = new TestClock();
    private final LeaseClock clock = new LeaseClock(nanos, LeaseSettings.DEFAULT);
    private final LeaseExpiry expiry = new LeaseExpiry(store, clock);

    LeaseExpiryTest() {
        clock.start(StoreState.EMPTY);
        store.addListener(clock);
    }

    private void grant(long firstId, int count, long ttlSeconds) {
        LongStream.range(firstId, firstId + count)
                .forEach(id -> assertThat(store.propose(LeaseProposals.grant(id, ttlSeconds, 2)))
                        .isCompleted());
    }

    private void tick() {
        nanos.advance(LeaseExpiry.INTERVAL);
        expiry.tick(nanos.getAsLong());
    }

    private int alive() {
        return store.committed().state().leases().size();
    }

    @Test
    void fiveHundredPerPass() {
        grant(1, 1_200, 2);
        nanos.advance(Duration.ofSeconds(2));

        expiry.tick(nanos.getAsLong());
        assertThat(alive()).isEqualTo(700);
        tick();
        assertThat(alive()).isEqualTo(200);
        tick();
        assertThat(alive()).isZero();
    }

    @Test
    void revokesInFlightAreBounded() {
        grant(1, 300, 2);
        nanos.advance(Duration.ofSeconds(2));
        store.holdCommits();
        expiry.tick(nanos.getAsLong());
        tick();
        assertThat(store.inFlightCount()).isEqualTo(LeaseExpiry.MAX_REVOKES_IN_FLIGHT);

        store.releaseCommits();
        assertThat(alive()).isZero();
    }

    @Test
    void eachRevokeIsAnEntryOfItsOwn() {
        grant(1, 3, 2);
        nanos.advance(Duration.ofSeconds(2));
        expiry.tick(nanos.getAsLong());

        assertThat(store.log().subList(3, 6)).allMatch(entry -> entry instanceof Entry.LeaseRevoke);
    }

    @Test
    void aRefusedRevokeIsTriedAgain() {
        grant(1, 1, 2);
        store.propose(Alarms.raise(new Alarm(Alarm.CORRUPT, 1))).join();
        nanos.advance(Duration.ofSeconds(2));
        expiry.tick(nanos.getAsLong());
        assertThat(alive()).isEqualTo(1);

        store.propose(Alarms.clear(new Alarm(Alarm.CORRUPT, 1))).join();
        for (int i = 0; i < 5; i++) {
            tick();
            assertThat(alive()).isEqualTo(1);
        }
        tick();
        assertThat(alive()).isZero();
    }

    @Test
    void aLostRevokeIsTriedAgain() {
        grant(1, 1, 2);
        nanos.advance(Duration.ofSeconds(2));
        store.loseNextProposal();
        expiry.tick(nanos.getAsLong());
        assertThat(alive()).isEqualTo(1);

        for (int i = 0; i < 7; i++) {
            tick();
        }
        assertThat(alive()).isZero();
    }

    @Test
    void manyLeasesThatARestartLinedUpAreSpreadOut() {
        grant(1, 3_000, 10);
        clock.start(store.committed().state());
        nanos.advance(Duration.ofSeconds(10));

        List<Integer> left = new ArrayList<>();
        for (int second = 0; second < 5; second++) {
            expiry.tick(nanos.getAsLong());
            left.add(alive());
            tick();
            nanos.advance(Duration.ofMillis(499));
            expiry.tick(nanos.getAsLong());
            left.add(alive());
            nanos.advance(Duration.ofMillis(1));
        }
        assertThat(left).containsExactly(2_500, 2_250, 1_750, 1_500, 1_000, 750, 250, 0, 0, 0);
    }

    @Test
    void aThousandLeasesAreNotSpread() {
        grant(1, 1_000, 10);
        clock.start(store.committed().state());
        nanos.advance(Duration.ofSeconds(10));

        expiry.tick(nanos.getAsLong());
        tick();
        assertThat(alive()).isZero();
    }

    @Test
    void renewalsAndRevokesLeaveNothingBehind() {
        for (int round = 0; round < 50; round++) {
            grant(1, 1_000, 3_600);
            for (long id = 1; id <= 1_000; id++) {
                assertThat(clock.renew(id)).isInstanceOf(Renewal.Renewed.class);
                assertThat(store.propose(LeaseProposals.revoke(id))).isCompleted();
            }
        }
        assertThat(clock.byRemainingTime()).isEmpty();
        assertThat(clock.queueSize()).isLessThan(2_100);
    }

    @Test
    void renewedLeasesNeverExpire() {
        grant(1, 100, 5);
        for (int i = 0; i < 100; i++) {
            LongStream.rangeClosed(1, 100)
                    .forEach(id -> assertThat(clock.renew(id)).isEqualTo(new Renewal.Renewed(5)));
            tick();
        }
        assertThat(alive()).isEqualTo(100);
        assertThat(store.log()).hasSize(100);
        assertThat(clock.queueSize()).isEqualTo(100);
    }

    @Test
    void checkpointsComeInBatches() {
        grant(1, 2_500, 1_000);
        nanos.advance(Duration.ofMinutes(5));
        expiry.tick(nanos.getAsLong());

        List<Entry> checkpoints = store.log().subList(2_500, store.log().size());
        assertThat(checkpoints)
                .extracting(entry -> ((Entry.LeaseCheckpoint) entry).leases().size())
                .containsExactly(1_000, 1_000, 500);
        expiry.tick(nanos.getAsLong());
        assertThat(store.log()).hasSize(2_503);
    }

    @Test
    void aNodeThatIsNotPrimaryEndsNothing() {
        grant(1, 1, 2);
        clock.stop();
        nanos.advance(Duration.ofSeconds(10));
        expiry.tick(nanos.getAsLong());

        assertThat(alive()).isEqualTo(1);
        assertThat(clock.renew(1)).isEqualTo(new Renewal.NotPrimary());
        clock.onCommitted(new CommitListener.Commit(
                new CommittedState(StoreState.EMPTY, 1, 1), List.of(new Entry.LeaseGrant(2, 10)), List.of()));
        clock.start(store.committed().state());
        assertThat(clock.byRemainingTime()).containsExactly(1L);
    }

    @Test
    void aFailingProposerDoesNotSpin() {
        int[] proposals = new int[1];
        Proposer failing = new Proposer() {
            @Override
            public <R> CompletableFuture<R> propose(Proposal<R> proposal) {
                proposals[0]++;
                return CompletableFuture.failedFuture(EtcdError.NO_LEADER.exception());
            }
        };
        grant(1, 10, 2);
        nanos.advance(Duration.ofSeconds(2));
        LeaseExpiry stuck = new LeaseExpiry(failing, clock);
        stuck.tick(nanos.getAsLong());
        assertThat(proposals[0]).isEqualTo(10);
        stuck.tick(nanos.getAsLong());
        assertThat(proposals[0]).isEqualTo(20);
    }
}
