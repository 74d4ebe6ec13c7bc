package io.netsy.node.standby;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SerialExecutorTest {
    private static final int THREADS = 4;
    private static final int EACH = 20_000;

    private final SerialExecutor turns = new SerialExecutor();

    @Test
    void aTaskOfATaskComesAfterIt() {
        List<String> seen = new ArrayList<>();
        turns.take(() -> {
            turns.take(() -> seen.add("inner"));
            seen.add("outer");
        });

        assertThat(seen).containsExactly("outer", "inner");
    }

    @Test
    void noTwoRunAtOnceAndEachThreadsOwnStayInOrder() throws InterruptedException {
        int[] last = new int[THREADS];
        AtomicInteger running = new AtomicInteger();
        AtomicInteger faults = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < THREADS; t++) {
            int thread = t;
            threads.add(Thread.ofPlatform().start(() -> {
                for (int i = 1; i <= EACH; i++) {
                    int number = i;
                    turns.take(() -> {
                        boolean alone = running.incrementAndGet() == 1;
                        if (!alone || last[thread] != number - 1) {
                            faults.incrementAndGet();
                        }
                        last[thread] = number;
                        running.decrementAndGet();
                    });
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(faults).hasValue(0);
        assertThat(last).containsOnly(EACH);
    }
}
