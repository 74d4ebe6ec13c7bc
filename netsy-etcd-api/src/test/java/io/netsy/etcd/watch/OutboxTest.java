package io.netsy.etcd.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Attributes;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.netsy.etcd.load.ConnectionLoad;
import io.netsy.etcd.proto.rpc.WatchCreateRequest;
import io.netsy.etcd.proto.rpc.WatchRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OutboxTest {
    private final Call call = new Call();
    private final Listener listener = new Listener();
    private final WatchCounters counters = new WatchCounters();
    private final Outbox outbox = new Outbox(call, new WatchSettings.Outbound(4, 1000, 1 << 20), counters, listener);
    private final Watcher watcher = new Watcher(
            new WatchStream(outbox, ConnectionLoad.of(Attributes.EMPTY), false),
            0,
            WatchSpec.of(WatchCreateRequest.getDefaultInstance()));

    /** A call whose transport a test opens and shuts. */
    private static final class Call extends ServerCall<WatchRequest, WatchFrame> {
        final List<WatchFrame> sent = new ArrayList<>();
        final AtomicInteger callers = new AtomicInteger();
        volatile boolean overlapped;
        final AtomicInteger room = new AtomicInteger();
        volatile @Nullable Status end;
        int requests;

        @Nullable
        RuntimeException failure;

        @Override
        public void request(int messages) {
            requests += messages;
        }

        @Override
        public void sendHeaders(Metadata headers) {}

        @Override
        public void sendMessage(WatchFrame message) {
            if (failure != null) {
                throw failure;
            }
            overlapped |= callers.incrementAndGet() > 1;
            sent.add(message);
            room.decrementAndGet();
            callers.decrementAndGet();
        }

        @Override
        public boolean isReady() {
            return room.get() > 0;
        }

        @Override
        public void close(Status status, Metadata trailers) {
            end = status;
        }

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public MethodDescriptor<WatchRequest, WatchFrame> getMethodDescriptor() {
            throw new UnsupportedOperationException("the outbox asks for no descriptor");
        }
    }

    private static final class Listener implements Outbox.Listener {
        int writable;
        int broken;

        @Override
        public void onWritable() {
            writable++;
        }

        @Override
        public void onBroken() {
            broken++;
        }
    }

    static Outbox unusedOutbox() {
        return new Outbox(new Call(), WatchSettings.DEFAULTS.outbound(), new WatchCounters(), new Listener());
    }

    private static WatchFrame frame(int bytes) {
        return new WatchFrame(new byte[bytes]);
    }

    private boolean offer(int bytes) {
        return outbox.offerEvents(watcher, List.of(frame(bytes)));
    }

    @Test
    void refusesWhatIsTooMuchAndSaysOnceWhenThereIsRoomAgain() {
        for (int i = 0; i < 4; i++) {
            assertThat(offer(10)).isTrue();
        }
        assertThat(offer(10)).as("a fifth message").isFalse();
        assertThat(outbox.isFull()).isTrue();
        call.room.set(1);
        outbox.drain();
        assertThat(listener.writable).as("three of four wait still").isZero();
        call.room.set(1);
        outbox.drain();
        assertThat(listener.writable).isEqualTo(1);
        assertThat(outbox.isFull()).isFalse();
        call.room.set(9);
        outbox.drain();
        assertThat(listener.writable).isEqualTo(1);
        assertThat(call.sent).hasSize(4);
    }

    @Test
    void countsBytesAndTakesOneMessageOfAnySizeWhenEmpty() {
        assertThat(offer(5000)).isTrue();
        assertThat(offer(1)).isFalse();
        assertThat(counters.queuedBytes.get()).isEqualTo(5000);
        call.room.set(1);
        outbox.drain();
        assertThat(counters.queuedBytes.get()).isZero();
        assertThat(offer(600)).isTrue();
        assertThat(offer(600)).isFalse();
        assertThat(listener.writable).isEqualTo(1);
    }

    @Test
    void isNotWritableBeforeTheRefusedMessageFits() {
        assertThat(offer(500)).isTrue();
        assertThat(offer(400)).isTrue();
        assertThat(offer(900)).isFalse();
        call.room.set(1);
        outbox.drain();
        assertThat(listener.writable).isZero();
        call.room.set(1);
        outbox.drain();
        assertThat(listener.writable).isEqualTo(1);
    }

    @Test
    void aCancelTakesThePlaceOfWhatItDropsAndAMessageThatWasBegunIsFinished() {
        assertThat(outbox.offerEvents(watcher, List.of(frame(1), frame(2), frame(3))))
                .isTrue();
        assertThat(offer(10)).isTrue();
        call.room.set(1);
        outbox.drain();
        outbox.addControl(frame(5));
        outbox.cancel(watcher, frame(4));
        assertThat(offer(5)).as("swallowed").isTrue();
        call.room.set(9);
        outbox.drain();
        assertThat(call.sent).extracting(WatchFrame::sizeBytes).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(counters.queuedBytes.get()).isZero();
    }

    @Test
    void readsNoFurtherRequestWhileManyAnswersWait() {
        for (int i = 0; i < 64; i++) {
            outbox.addControl(frame(1));
            outbox.requestNext();
        }
        assertThat(call.requests).isEqualTo(63);
        call.room.set(1);
        outbox.drain();
        assertThat(call.requests).isEqualTo(64);
    }

    @Test
    void closesAtOnceAndSendsNothingAfter() {
        assertThat(offer(10)).isTrue();
        outbox.close(Status.UNAVAILABLE);
        assertThat(call.end).isEqualTo(Status.UNAVAILABLE);
        call.room.set(9);
        outbox.addControl(frame(1));
        outbox.offerProgress(watcher, frame(1));
        assertThat(offer(1)).isTrue();
        outbox.close(Status.INTERNAL);
        assertThat(call.sent).isEmpty();
        assertThat(call.end).isEqualTo(Status.UNAVAILABLE);
        assertThat(counters.queuedBytes.get()).isZero();
    }

    @Test
    void aCallThatThrowsIsGivenUp() {
        call.failure = new IllegalStateException("no transport");
        call.room.set(1);
        assertThat(offer(1)).isTrue();
        assertThat(listener.broken).isEqualTo(1);
        assertThat(offer(1)).isTrue();
        assertThat(counters.queuedBytes.get()).isZero();
    }

    @Test
    void theCallSeesOneCallerAtATimeAndEveryMessageOnce() throws InterruptedException {
        Outbox shared = new Outbox(call, WatchSettings.DEFAULTS.outbound(), counters, listener);
        call.room.set(Integer.MAX_VALUE);
        int threads = 4;
        int messages = 5000;
        CountDownLatch done = new CountDownLatch(threads);
        try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
            for (int i = 0; i < threads; i++) {
                executor.execute(() -> {
                    for (int j = 0; j < messages; j++) {
                        shared.addControl(frame(1));
                    }
                    done.countDown();
                });
            }
            done.await();
        }
        assertThat(call.overlapped).isFalse();
        assertThat(call.sent).hasSize(threads * messages);
    }
}
