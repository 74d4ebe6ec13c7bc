package io.netsy.etcd.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Who goes when clients hold too much, and that the account is right. */
class ClientLoadTest {
    private static final long ROOM = 100 * Costs.CONNECTION;

    private final ClientLoad clients = new ClientLoad(new LoadLimits(ROOM, 1_000, 50), () -> 0);
    private final List<String> closed = new ArrayList<>();

    private ConnectionLoad open(String name) {
        return clients.open(name, () -> closed.add(name));
    }

    private ConnectionLoad busy(String name) {
        ConnectionLoad load = open(name);
        load.callBegan();
        return load;
    }

    @Test
    void idleConnectionsGoFirstAndThoseThatWereIdleLongest() {
        ConnectionLoad first = open("first");
        ConnectionLoad second = open("second");
        busy("third");
        first.callBegan();
        first.callEnded();
        for (int i = 3; i < 50; i++) {
            open("other" + i);
        }
        assertThat(closed).isEmpty();

        open("one too many");
        assertThat(closed).startsWith("second", "first", "other3").hasSize(6).doesNotContain("third");
        assertThat(second.isGone()).isTrue();
        assertThat(clients.held(Resource.CONNECTIONS)).isEqualTo(45);
        assertThat(clients.closedCount()).isEqualTo(6);
    }

    @Test
    void whoHoldsMostGoesWhenClosingIdleOnesIsNotEnough() {
        open("idle");
        busy("light").add(Resource.HEAP, ROOM / 10);
        ConnectionLoad heavy = busy("heavy");
        heavy.add(Resource.HEAP, ROOM);

        assertThat(closed).containsExactly("heavy");
        assertThat(heavy.isOverloaded()).isTrue();
    }

    @Test
    void whatWasReceivedAndWrittenIsHeldAgainstWhoHoldsMostOfThat() {
        busy("much heap").add(Resource.HEAP, ROOM / 2);
        busy("much written").add(Resource.DIRECT, 600);
        busy("little written").add(Resource.DIRECT, 401);

        assertThat(closed).containsExactly("much written");
        assertThat(clients.held(Resource.DIRECT)).isEqualTo(401);
    }

    @Test
    void nearTheLimitOnlyTheHeaviestIsRefused() {
        ConnectionLoad heavy = busy("heavy");
        ConnectionLoad light = busy("light");
        heavy.add(Resource.HEAP, ROOM / 2);
        assertThat(heavy.isOverloaded()).isFalse();

        heavy.add(Resource.HEAP, ROOM / 2 - ROOM / 20);
        assertThat(heavy.isOverloaded()).isTrue();
        assertThat(light.isOverloaded()).isFalse();
        heavy.add(Resource.HEAP, -ROOM / 2);
        assertThat(heavy.isOverloaded()).isFalse();
        assertThat(closed).isEmpty();
    }

    @Test
    void whatWaitsInAQueueCountsUntilTheQueueIsEmptied() {
        List<Runnable> queue = new ArrayList<>();
        ConnectionLoad load = busy("one");
        load.addUntilDone(100, queue::add);
        load.addUntilDone(200, queue::add);
        assertThat(clients.held(Resource.DIRECT)).isEqualTo(300);
        assertThat(queue).hasSize(1);

        queue.removeFirst().run();
        assertThat(clients.held(Resource.DIRECT)).isZero();
        load.addUntilDone(100, queue::add);
        assertThat(queue).hasSize(1);
    }

    @Test
    void aConnectionThatIsGoneHoldsNothingWhateverIsStillCharged() {
        ConnectionLoad load = busy("one");
        load.add(Resource.HEAP, 500);
        load.add(Resource.DIRECT, 500);
        load.closed();
        load.add(Resource.HEAP, 100);
        load.add(Resource.DIRECT, -500);
        load.closed();

        assertThat(Arrays.stream(Resource.values()).mapToLong(clients::held)).containsOnly(0L);
        assertThat(load.held(Resource.HEAP)).isZero();
    }

    @Test
    void manyThreadsLeaveNothingBehind() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        CountDownLatch start = new CountDownLatch(1);
        ClientLoad shared = new ClientLoad(new LoadLimits(40 * Costs.CONNECTION, 10_000, 30), () -> 0);
        for (int i = 0; i < 8; i++) {
            Random random = new Random(i);
            threads.add(Thread.ofPlatform().start(() -> {
                awaitUninterruptibly(start);
                for (int j = 0; j < 2_000; j++) {
                    ConnectionLoad load = shared.open("any", () -> {});
                    load.callBegan();
                    long bytes = random.nextInt(5_000);
                    load.add(Resource.DIRECT, bytes);
                    load.add(Resource.HEAP, bytes);
                    load.add(Resource.DIRECT, -bytes);
                    load.callEnded();
                    load.closed();
                }
            }));
        }
        start.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(Arrays.stream(Resource.values()).mapToLong(shared::held)).containsOnly(0L);
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
