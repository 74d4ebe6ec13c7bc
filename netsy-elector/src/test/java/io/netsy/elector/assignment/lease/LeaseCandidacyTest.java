package io.netsy.elector.assignment.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netsy.elector.assignment.Assignment;
import io.netsy.elector.assignment.AssignmentEnvironment;
import io.netsy.elector.assignment.ElectorIdentity;
import io.netsy.elector.assignment.testkit.MemoryLeaseStorage;
import io.netsy.elector.assignment.testkit.MemoryLeaseStorage.Fault;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The lease on a virtual clock. */
class LeaseCandidacyTest {
    private static final LeaseTimings TIMINGS = new LeaseTimings(Duration.ofSeconds(15), Duration.ofSeconds(2));

    private final AtomicLong now = new AtomicLong(1_000_000_000L);
    private final MemoryLeaseStorage.Shared shared = new MemoryLeaseStorage.Shared();
    private final MemoryLeaseStorage storageOfA = new MemoryLeaseStorage(shared);
    private final MemoryLeaseStorage storageOfB = new MemoryLeaseStorage(shared);

    /** Wall clocks that are an hour apart, and harm nothing. */
    private final LeaseCandidacy a = candidacy("a", storageOfA, 0);

    private final LeaseCandidacy b = candidacy("b", storageOfB, 3600);

    private LeaseCandidacy candidacy(String node, MemoryLeaseStorage storage, long wallSeconds) {
        LeaseCandidacy candidacy = new LeaseCandidacy(
                storage,
                new ElectorIdentity(node, new UUID(node.hashCode(), 1)),
                TIMINGS,
                new AssignmentEnvironment(
                        now::get, () -> Instant.ofEpochSecond(wallSeconds).plusNanos(now.get()), new Random(1)));
        candidacy.campaign();
        return candidacy;
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    @Test
    void aLeaseIsOverAfterItsWholeLengthSinceItWasFirstSeenByTheOwnClock() {
        a.poll();
        assertThat(a.current().isSelf()).isTrue();
        b.poll();
        assertThat(b.current().holderOrNull()).isEqualTo("a");

        pass(TIMINGS.lease().minusNanos(1));
        b.poll();
        assertThat(b.current().isSelf()).isFalse();

        pass(Duration.ofNanos(1));
        b.poll();
        assertThat(b.current().isSelf()).isTrue();
        assertThat(((Assignment.Held) b.current()).token()).isEqualTo(1);
    }

    @Test
    void aRecordThatIsOldWhenItIsFirstSeenIsWaitedForInFull() {
        a.poll();
        pass(TIMINGS.lease().multipliedBy(10));

        b.poll();

        assertThat(b.current().holderOrNull()).isEqualTo("a");
        assertThat(b.current().isSelf()).isFalse();
    }

    @Test
    void theHolderCeasesToBelieveATwentiethEarlierCountedFromBeforeItAsked() {
        a.poll();

        pass(TIMINGS.lease().minus(TIMINGS.lease().dividedBy(20)).minusNanos(1));
        assertThat(a.current().isSelf()).isTrue();
        pass(Duration.ofNanos(1));
        assertThat(a.current()).isInstanceOf(Assignment.Unknown.class);
    }

    @Test
    void aHolderThatSleptThroughItsLeaseWakesUpAsNobody() {
        a.poll();
        b.poll();
        pass(TIMINGS.lease());
        b.poll();

        assertThat(a.current().isSelf()).isFalse();
        a.poll();
        assertThat(a.current().isSelf()).isFalse();
        a.poll();
        assertThat(a.current().holderOrNull()).isEqualTo("b");
    }

    @Test
    void aRenewalWithALostAnswerIsMendedByReading() {
        a.poll();
        storageOfA.fail(Fault.ANSWERS_LOST);
        pass(TIMINGS.renewEvery());
        a.poll();
        assertThat(a.current().isSelf()).isTrue();

        storageOfA.fail(Fault.NONE);
        pass(TIMINGS.lease().minus(TIMINGS.renewEvery().multipliedBy(2)));
        a.poll();

        assertThat(((Assignment.Held) a.current()).trustedUntilNanos())
                .isEqualTo(now.get() + LeaseTimings.trustOf(TIMINGS.lease()).toNanos());
        assertThat(((Assignment.Held) a.current()).token()).isZero();
    }

    @Test
    void aFirstRecordWithALostAnswerIsNotBelievedBeforeItWasRead() {
        storageOfA.fail(Fault.ANSWERS_LOST);
        a.poll();
        assertThat(a.current()).isInstanceOf(Assignment.Unknown.class);

        storageOfA.fail(Fault.NONE);
        a.poll();
        assertThat(a.current().isSelf()).isTrue();
    }

    @Test
    void aRefusalIsNamedOnceTheTrustIsOver() {
        a.poll();
        storageOfA.fail(Fault.REFUSED);
        a.poll();
        assertThat(a.current().isSelf()).isTrue();

        pass(TIMINGS.lease());
        a.poll();
        assertThat(a.current()).isEqualTo(new Assignment.Unknown("memory: refused"));
    }

    @Test
    void aRecordThatSomebodyDeletedIsMadeAnew() {
        a.poll();
        shared.delete();

        a.poll();
        assertThat(a.poll()).isPositive();

        assertThat(a.current().isSelf()).isTrue();
    }

    @Test
    void anExpiredRoleIsVacantForThoseWhoOnlyLook() {
        a.poll();
        b.release(Duration.ZERO);
        b.poll();
        assertThat(b.current().holderOrNull()).isEqualTo("a");

        pass(TIMINGS.lease());
        b.poll();

        assertThat(b.current()).isEqualTo(new Assignment.Vacant());
    }

    @Test
    void pausesAreJitteredDownwardsAndEndWithTheLease() {
        assertThat(a.poll()).isBetween(Duration.ofMillis(1600), Duration.ofSeconds(2));
        b.poll();
        pass(TIMINGS.lease().minusMillis(100));
        assertThat(b.poll()).isBetween(Duration.ofMillis(80), Duration.ofMillis(100));
    }

    @Test
    void timingsThatCantWorkAreRefused() {
        assertThatThrownBy(() -> new LeaseTimings(Duration.ofSeconds(3), Duration.ofSeconds(2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least twice");
        assertThatThrownBy(() -> new LeaseTimings(Duration.ofSeconds(3), Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
