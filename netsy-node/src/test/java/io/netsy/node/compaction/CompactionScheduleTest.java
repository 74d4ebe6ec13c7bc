package io.netsy.node.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class CompactionScheduleTest {
    @Test
    void revisionModeKeepsTheNewest() {
        RevisionSchedule schedule = new RevisionSchedule(100);

        assertThat(schedule.tick(0, 100)).isEmpty();
        assertThat(schedule.tick(0, 250)).isEqualTo(OptionalLong.of(150));
        assertThat(schedule.tick(0, 250)).isEmpty();
        assertThat(schedule.tick(0, 251)).isEqualTo(OptionalLong.of(151));
    }

    @Test
    void periodicModeCompactsToWhatWasCurrentOnePeriodAgo() {
        PeriodicSchedule schedule = new PeriodicSchedule(Duration.ofMinutes(10));
        assertThat(schedule.interval()).isEqualTo(Duration.ofMinutes(1));

        List<String> compactions = new ArrayList<>();
        for (int minute = 0; minute <= 30; minute++) {
            int now = minute;
            schedule.tick(Duration.ofMinutes(now).toNanos(), 1000 + now)
                    .ifPresent(revision -> compactions.add(now + ":" + revision));
        }

        assertThat(compactions).containsExactly("10:1000", "20:1010", "30:1020");
    }

    @Test
    void longPeriodsAreCompactedHourlyAndSampledEverySixMinutes() {
        PeriodicSchedule schedule = new PeriodicSchedule(Duration.ofHours(24));
        assertThat(schedule.interval()).isEqualTo(Duration.ofMinutes(6));

        List<String> compactions = new ArrayList<>();
        for (int sample = 0; sample <= 260; sample++) {
            int now = sample;
            schedule.tick(Duration.ofMinutes(6L * now).toNanos(), 1000 + now)
                    .ifPresent(revision -> compactions.add(now + ":" + revision));
        }

        assertThat(compactions).containsExactly("240:1000", "250:1010", "260:1020");
    }

    @Test
    void anIdleStoreIsNotCompactedAgain() {
        PeriodicSchedule schedule = new PeriodicSchedule(Duration.ofMinutes(10));
        List<Long> compactions = new ArrayList<>();
        for (int minute = 0; minute <= 60; minute++) {
            schedule.tick(Duration.ofMinutes(minute).toNanos(), 7).ifPresent(compactions::add);
        }

        assertThat(compactions).containsExactly(7L);
    }
}
