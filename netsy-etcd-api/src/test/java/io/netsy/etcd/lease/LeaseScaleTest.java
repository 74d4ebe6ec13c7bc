package io.netsy.etcd.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.etcd.access.Credentials;
import io.netsy.etcd.port.Evaluation;
import io.netsy.etcd.proto.rpc.LeaseLeasesRequest;
import io.netsy.etcd.proto.rpc.LeaseLeasesResponse;
import io.netsy.etcd.proto.rpc.LeaseStatus;
import io.netsy.etcd.state.StoreState;
import io.netsy.etcd.testkit.TestClock;
import io.netsy.etcd.testkit.TestEtcd;
import io.netsy.etcd.testkit.TestNode;
import io.netsy.etcd.testkit.TestStore;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.Change;
import io.netsy.replication.model.Entry;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** A hundred thousand leases: what each costs, and that their number changes no promise. Counts, no stopwatch. */
class LeaseScaleTest {
    private static final int LEASES = 100_000;

    private final TestStore store = new TestStore();
    private final TestClock nanos = new TestClock();
    private final LeaseClock clock = new LeaseClock(nanos, LeaseSettings.DEFAULT);
    private final LeaseExpiry expiry = new LeaseExpiry(store, clock);
    private final List<Integer> eventsPerRevision = new ArrayList<>();

    LeaseScaleTest() {
        clock.start(StoreState.EMPTY);
        store.addListener(clock);
        store.addListener(commit -> commit.revisions()
                .forEach(revision -> eventsPerRevision.add(revision.events().size())));
    }

    private void grant(int count, long ttlSeconds) {
        LongStream.rangeClosed(1, count)
                .forEach(id -> assertThat(store.propose(LeaseProposals.grant(id, ttlSeconds, 2)))
                        .isCompleted());
    }

    private CompletableFuture<Long> put(String key, long leaseId) {
        return store.propose((tip, revisions) -> {
            long revision = tip.revision() + 1;
            Change put = new Change.Put(Bytes.utf8(key), Bytes.utf8(""), revision, 1, leaseId);
            return Evaluation.effect(tip, new Entry.Transaction(revision, List.of(put)), revision);
        });
    }

    private long revision() {
        return store.committed().state().revision();
    }

    @Test
    void eachLeaseEndsInARevisionOfItsOwnAndNoWriteWaitsForLong() {
        grant(LEASES, 60);
        LongStream.rangeClosed(1, LEASES).forEach(id -> put("k/" + id, id).join());
        eventsPerRevision.clear();
        nanos.advance(Duration.ofSeconds(60));

        int passes = 0;
        int writes = 0;
        while (store.committed().state().leases().size() > 0) {
            store.holdCommits();
            expiry.tick(nanos.getAsLong());
            long before = revision();
            CompletableFuture<Long> write = put("w/" + writes++, 0);
            store.releaseCommits();
            assertThat(write.join() - before).isLessThanOrEqualTo(LeaseExpiry.MAX_REVOKES_IN_FLIGHT + 1);
            nanos.advance(LeaseExpiry.INTERVAL);
            passes++;
        }

        assertThat(passes).isLessThanOrEqualTo(LEASES / 500 + 1);
        Set<Long> revoked = new HashSet<>();
        for (Entry entry : store.log()) {
            if (entry instanceof Entry.LeaseRevoke revoke) {
                assertThat(revoked.add(revoke.leaseId())).isTrue();
            }
        }
        assertThat(revoked).hasSize(LEASES);
        assertThat(eventsPerRevision).hasSize(LEASES + writes).containsOnly(1);
    }

    @Test
    void keepAlivesLogNothingAndPileNothingUp() {
        grant(LEASES, 3_600);
        TestNode node = new TestNode(store);
        KeepAlives keepAlives = new KeepAlives(TestEtcd.portsOf(store, node), clock);
        for (int round = 0; round < 3; round++) {
            nanos.advance(Duration.ofMinutes(1));
            for (long id = 1; id <= LEASES; id++) {
                assertThat(keepAlives.renew(id, Credentials.NONE).join()).isEqualTo(3_600);
            }
        }
        assertThat(store.log()).hasSize(LEASES);
        assertThat(clock.queueSize()).isEqualTo(2 * LEASES);
    }

    @Test
    void aLeaseTakesAFewHundredBytesOfTheClock() {
        List<Entry> grants = LongStream.rangeClosed(1, LEASES)
                .<Entry>mapToObj(id -> new Entry.LeaseGrant(id, 3_600))
                .toList();
        StoreState state = new TestStore(grants).committed().state();
        long before = usedBytes();
        LeaseClock full = new LeaseClock(nanos, LeaseSettings.DEFAULT);
        full.start(state);
        long perLease = (usedBytes() - before) / LEASES;

        assertThat(full.queueSize()).isEqualTo(2 * LEASES);
        assertThat(perLease).isLessThan(400);
    }

    private static long usedBytes() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    @Test
    void checkpointsComeInEntriesOfBoundedSizeAFewAtATime() {
        grant(LEASES, 3_600);
        nanos.advance(Duration.ofMinutes(5));
        int passes = 0;
        for (int seen = LEASES; seen < LEASES + LEASES / 1_000; passes++) {
            expiry.tick(nanos.getAsLong());
            List<Entry> logged = store.log();
            assertThat(logged.size() - seen).isBetween(1, 10);
            seen = logged.size();
        }
        assertThat(passes).isEqualTo(10);
        assertThat(store.log().subList(LEASES, LEASES + 100)).allSatisfy(entry -> {
            List<Entry.LeaseCheckpoint.Remaining> left = ((Entry.LeaseCheckpoint) entry).leases();
            assertThat(left).hasSize(1_000).allMatch(lease -> lease.remainingSeconds() == 3_300);
        });
        expiry.tick(nanos.getAsLong());
        assertThat(store.log()).hasSize(LEASES + 100);
    }

    @Test
    void whatIsLeftOfEachOutlivesRestarts() {
        grant(LEASES, 3_600);
        nanos.advance(Duration.ofMinutes(5));
        for (int pass = 0; pass < 11; pass++) {
            expiry.tick(nanos.getAsLong());
        }

        for (int restart = 1; restart <= 3; restart++) {
            // A process of another day: its clock says nothing of when the leases were granted.
            TestClock later = new TestClock();
            later.advance(Duration.ofHours(restart));
            LeaseClock restarted = new LeaseClock(later, LeaseSettings.DEFAULT);
            restarted.start(new TestStore(store.log()).committed().state());
            for (long id = 1; id <= LEASES; id++) {
                // Spread over the seconds after, so that no second sees more than 750 end.
                assertThat(restarted.remainingMillis(id).orElseThrow()).isBetween(3_300_000L, 3_300_000L + 134_000);
            }
        }
    }

    @Test
    void aNewPrimaryEndsNoneEarlyAndFewInAnyOneSecond() {
        grant(LEASES, 60);
        nanos.advance(Duration.ofSeconds(59));
        clock.start(store.committed().state());

        int[] perSecond = new int[LEASES];
        for (long id = 1; id <= LEASES; id++) {
            long leftMillis = clock.remainingMillis(id).orElseThrow();
            assertThat(leftMillis).isGreaterThanOrEqualTo(60_000);
            perSecond[Math.toIntExact(leftMillis / 1_000)]++;
        }
        assertThat(Arrays.stream(perSecond).max()).hasValue(750);
    }

    @Test
    void allAreListedByTheTimeThatIsLeft() {
        try (TestEtcd etcd = new TestEtcd()) {
            for (long id = 1; id <= LEASES; id++) {
                // A permutation: the time to live tells nothing of the id.
                long ttlSeconds = 10 + id * 7_919 % LEASES;
                etcd.store.propose(LeaseProposals.grant(id, ttlSeconds, 2)).join();
            }
            LeaseLeasesResponse answer = etcd.lease.leaseLeases(LeaseLeasesRequest.getDefaultInstance());
            List<Long> ttls = answer.getLeasesList().stream()
                    .map(LeaseStatus::getID)
                    .map(id -> 10 + id * 7_919 % LEASES)
                    .toList();

            assertThat(ttls).isEqualTo(LongStream.range(10, 10 + LEASES).boxed().toList());
        }
    }
}
