package io.netsy.node.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.replication.model.Bytes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A hit is always the right value; what was written or read lately is a hit. */
class ValueCacheTest {
    private static final int CAPACITY = 1 << 20;

    private static Bytes value(long id, int length) {
        byte[] bytes = new byte[length];
        new Random(id).nextBytes(bytes);
        return Bytes.wrap(bytes);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void aHitIsWhatWasPut(long seed) {
        Random random = new Random(seed);
        Map<Long, Bytes> model = new HashMap<>();
        int hits = 0;
        try (ValueCache cache = new ValueCache(CAPACITY)) {
            for (int i = 0; i < 50_000; i++) {
                long id = (long) random.nextInt(1, 4000) << 22 | random.nextInt(2);
                Bytes found = cache.get(id);
                if (found != null) {
                    hits++;
                    assertThat(found).isEqualTo(model.get(id));
                } else {
                    Bytes value = value(id, random.nextInt(50) == 0 ? random.nextInt(100_000) : random.nextInt(1500));
                    model.put(id, value);
                    cache.put(id, value);
                    assertThat(cache.get(id)).isEqualTo(value);
                }
            }
        }
        assertThat(hits).isGreaterThan(2000);
    }

    @Test
    void theNewestValuesAreHits() {
        try (ValueCache cache = new ValueCache(CAPACITY)) {
            for (int id = 1; id <= 10_000; id++) {
                cache.put(id, value(id, 1000));
            }
            for (int id = 10_000; id > 9_100; id--) {
                assertThat(cache.get(id)).isEqualTo(value(id, 1000));
            }
            assertThat(cache.get(1)).isNull();
        }
    }

    @Test
    void whatIsReadAgainAndAgainStays() {
        try (ValueCache cache = new ValueCache(CAPACITY)) {
            cache.put(1, value(1, 500));
            for (int id = 2; id <= 20_000; id++) {
                cache.put(id, value(id, 500));
                if (id % 100 == 0) {
                    assertThat(cache.get(1)).as("after %d", id).isEqualTo(value(1, 500));
                }
            }
            assertThat(cache.get(2)).isNull();
        }
    }

    @Test
    void aCacheInWhichEverythingIsReadStillTakesNewValues() {
        try (ValueCache cache = new ValueCache(CAPACITY)) {
            for (int id = 1; id <= 20_000; id++) {
                cache.put(id, value(id, 500));
                assertThat(cache.get(id)).isNotNull();
            }
        }
    }

    @Test
    void smallAndEmptyValuesAreHeldToo() {
        try (ValueCache cache = new ValueCache(CAPACITY)) {
            for (int id = 1; id <= 100_000; id++) {
                cache.put(id, id % 2 == 0 ? Bytes.EMPTY : value(id, 3));
            }
            assertThat(cache.get(100_000)).isEqualTo(Bytes.EMPTY);
            assertThat(cache.get(99_999)).isEqualTo(value(99_999, 3));
        }
    }

    @Test
    void aValueTooLargeIsLeftOut() {
        try (ValueCache cache = new ValueCache(CAPACITY)) {
            cache.put(1, value(1, 100));
            cache.put(2, value(2, CAPACITY / 8));

            assertThat(cache.get(2)).isNull();
            assertThat(cache.get(1)).isNotNull();
        }
    }

    @Test
    void aClosedCacheHasNothingAndTakesNothing() {
        ValueCache cache = new ValueCache(CAPACITY);
        cache.put(1, value(1, 100));
        cache.close();
        cache.put(2, value(2, 100));

        assertThat(cache.get(1)).isNull();
        assertThat(cache.get(2)).isNull();
    }

    @Test
    void readersNeverSeeATornValue() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        AtomicLong newest = new AtomicLong();
        AtomicLong hits = new AtomicLong();
        try (ValueCache cache = new ValueCache(CAPACITY);
                ExecutorService executor = Executors.newCachedThreadPool()) {
            Callable<Boolean> reader = () -> {
                Random random = new Random(1);
                while (!done.get()) {
                    long id = Math.max(1, newest.get() - random.nextInt(1200));
                    Bytes found = cache.get(id);
                    if (found != null) {
                        hits.incrementAndGet();
                        assertUniform(found, id);
                    }
                }
                return true;
            };
            List<Future<Boolean>> readers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                readers.add(executor.submit(reader));
            }
            for (long id = 1; id < 400_000; id++) {
                cache.put(id, uniform(id));
                newest.set(id);
            }
            done.set(true);
            for (Future<Boolean> future : readers) {
                assertThat(future.get(20, TimeUnit.SECONDS)).isTrue();
            }
        }
        assertThat(hits).hasPositiveValue();
    }

    /** A value of which every byte, and its length, follow from the id. */
    private static Bytes uniform(long id) {
        byte[] bytes = new byte[200 + (int) (id % 1900)];
        java.util.Arrays.fill(bytes, (byte) id);
        return Bytes.wrap(bytes);
    }

    private static void assertUniform(Bytes found, long id) {
        byte[] bytes = found.array();
        boolean right = bytes.length == 200 + (int) (id % 1900);
        for (byte each : bytes) {
            right &= each == (byte) id;
        }
        assertThat(right).as("value of %d", id).isTrue();
    }
}
