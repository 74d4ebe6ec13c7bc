package io.netsy.replication.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.replication.model.Moment;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReadLeaseTest {
    private static Moment at(long bootMillis, long wallMillis) {
        return new Moment(Duration.ofMillis(bootMillis).toNanos(), wallMillis);
    }

    private static final ReadLease LEASE = ReadLease.confirmed(at(1000, 50_000), Duration.ofSeconds(5));

    @Test
    void holdsFromTheQuestionForTheLeaseAndNotLonger() {
        assertThat(LEASE.holdsAt(at(1000, 50_000))).isTrue();
        assertThat(LEASE.holdsAt(at(5999, 54_999))).isTrue();
        assertThat(LEASE.holdsAt(at(6000, 55_000))).isFalse();
    }

    @Test
    void scenario09_aFrozenBootClockEndsTheLeaseByTheWallClock() {
        assertThat(LEASE.holdsAt(at(1500, 110_500))).isFalse();
    }

    @Test
    void aSteppedWallClockEndsTheLease() {
        assertThat(LEASE.holdsAt(at(1500, 50_500 - 201))).isFalse();
        assertThat(LEASE.holdsAt(at(1500, 50_500 - 200))).isTrue();
    }

    @Test
    void slowDriftIsForgivenLookByLook() {
        ReadLease lease = LEASE;
        for (int i = 1; i <= 4; i++) {
            lease = lease.lookedAt(at(1000 + i * 1000L, 50_000 + i * 1150L));
            assertThat(lease.holdsAt(at(1000 + i * 1000L, 50_000 + i * 1150L))).isTrue();
        }
    }

    @Test
    void aLookThatFindsDoubtEndsItForGood() {
        ReadLease doubted = LEASE.lookedAt(at(1500, 60_000));

        assertThat(doubted.holdsAt(at(1501, 60_001))).isFalse();
    }
}
