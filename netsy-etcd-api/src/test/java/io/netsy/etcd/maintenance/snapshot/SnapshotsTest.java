package io.netsy.etcd.maintenance.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.port.CommittedState;
import io.netsy.etcd.port.HistoryExport;
import io.netsy.etcd.port.RevisionStore.StoredRevision;
import io.netsy.etcd.proto.rpc.SnapshotResponse;
import io.netsy.etcd.state.StoreState;
import io.netsy.etcd.testkit.TestNode;
import io.netsy.etcd.testkit.TestStore;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.RevisionId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a snapshot holds while it is made and sent: little memory, no view, one file, one thread. */
class SnapshotsTest {
    private static final Duration LONG = Duration.ofMinutes(5);

    @TempDir
    Path directory;

    private final ExecutorService threads = new ThreadPoolExecutor(0, 2, 1, TimeUnit.SECONDS, new SynchronousQueue<>());
    private final Rows rows = new Rows();

    @AfterEach
    void close() {
        threads.shutdownNow();
    }

    /** A store of rows that are made when they are visited. */
    private static final class Rows implements HistoryExport, HistoryExport.View {
        final AtomicLong open = new AtomicLong();
        final AtomicLong visited = new AtomicLong();
        final CountDownLatch going = new CountDownLatch(1);
        volatile long count = 1_000;
        volatile int valueBytes = 1_000;
        volatile boolean wait;

        @Override
        public View open() {
            open.incrementAndGet();
            return this;
        }

        @Override
        public CommittedState at() {
            return new CommittedState(StoreState.EMPTY, 1, 1);
        }

        @Override
        public void visit(Visitor visitor) throws IOException {
            Bytes value = Bytes.wrap(new byte[valueBytes]);
            for (long i = 0; i < count; i++) {
                long id = RevisionId.pack(i + 2, 0);
                visitor.visit(new StoredRevision(id, Bytes.utf8("key-" + i), value, i + 2, 1, 0));
                visited.incrementAndGet();
                waitIfAsked();
            }
        }

        private void waitIfAsked() throws IOException {
            try {
                if (wait && !going.await(1, TimeUnit.MINUTES)) {
                    throw new IOException("waited for the test");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void close() {
            open.decrementAndGet();
        }
    }

    private FakeCall serve(SnapshotSettings settings) {
        FakeCall call = new FakeCall();
        new Snapshots(rows, new TestNode(new TestStore()), settings, threads).serve(call, "3.6.0");
        return call;
    }

    private FakeCall serve() {
        return serve(new SnapshotSettings(directory, LONG, 0));
    }

    private static void awaitEnd(FakeCall call) throws InterruptedException {
        assertThat(call.ended.await(1, TimeUnit.MINUTES)).isTrue();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }

    @Test
    void aSlowClientHoldsNeitherViewNorMemoryNorAFileWithAName() throws Exception {
        FakeCall call = serve();
        await().until(() -> rows.visited.get() == rows.count && rows.open.get() == 0);

        assertThat(call.sent).isEmpty();
        assertThat(files()).isEmpty();
        for (int taken = 1; taken <= 10; taken++) {
            call.take(1);
            int expected = taken;
            await().until(() -> call.sent.size() == expected);
        }
        call.take(1_000);
        awaitEnd(call);
        assertThat(call.status.isOk()).isTrue();
        assertThat(call.pushed).hasValue(0);
        assertThat(call.sent.stream().mapToLong(SnapshotResponse::getRemainingBytes))
                .endsWith(0L, 0L);
    }

    @Test
    void aClientThatTakesNothingIsGivenUp() throws Exception {
        FakeCall call = serve(new SnapshotSettings(directory, Duration.ofMillis(50), 0));
        call.take(3);

        awaitEnd(call);
        assertThat(call.sent).hasSize(3);
        assertThat(call.status.getDescription()).isEqualTo(EtcdError.TIMED_OUT.message());
        assertThat(call.pushed).hasValue(0);
    }

    @Test
    void aClientThatLeavesWhileTheFileIsWrittenEndsIt() {
        rows.count = Long.MAX_VALUE;
        rows.valueBytes = 10;
        FakeCall call = serve();
        await().until(() -> rows.visited.get() > 100);
        call.cancel();

        await().until(() -> rows.open.get() == 0);
        await().until(() -> ((ThreadPoolExecutor) threads).getActiveCount() == 0);
    }

    @Test
    void aClientThatLeavesWhileItIsWaitedForEndsIt() {
        FakeCall call = serve();
        call.take(2);
        await().until(() -> call.sent.size() == 2);
        call.cancel();

        await().until(() -> ((ThreadPoolExecutor) threads).getActiveCount() == 0);
    }

    @Test
    void moreThanTheThreadsAreRefused() throws Exception {
        FakeCall first = serve();
        serve();
        FakeCall third = serve();

        awaitEnd(third);
        assertThat(third.status.getDescription()).isEqualTo(EtcdError.TOO_MANY_REQUESTS.message());
        first.take(1_000);
        awaitEnd(first);
        assertThat(first.status.isOk()).isTrue();
    }

    @Test
    void aStoppingServerSaysSo() throws Exception {
        FakeCall waiting = serve();
        await().until(() -> rows.visited.get() == rows.count && rows.open.get() == 0);
        rows.wait = true;
        FakeCall writing = serve();
        await().until(() -> rows.open.get() == 1);
        threads.shutdownNow();

        awaitEnd(waiting);
        awaitEnd(writing);
        assertThat(waiting.status.getDescription()).isEqualTo(EtcdError.STOPPED.message());
        assertThat(writing.status.getDescription()).isEqualTo(EtcdError.STOPPED.message());
        assertThat(rows.open).hasValue(0);
    }

    @Test
    void theDiskIsNeverFilled() throws Exception {
        rows.count = 100;
        rows.valueBytes = 1_000_000;
        FakeCall call = serve(new SnapshotSettings(directory, LONG, Long.MAX_VALUE));
        call.take(10_000);

        awaitEnd(call);
        assertThat(call.status.getCode()).isEqualTo(Status.Code.UNKNOWN);
        assertThat(call.status.getDescription()).contains("more room than the disk of " + directory);
        assertThat(rows.visited.get()).isBetween(32L, 40L);
        assertThat(call.sent).isEmpty();
    }

    @Test
    void aDiskThatCannotBeWrittenIsNamed() throws Exception {
        Path file = Files.createFile(directory.resolve("occupied"));
        FakeCall call = serve(new SnapshotSettings(file, LONG, 0));

        awaitEnd(call);
        assertThat(call.status.getCode()).isEqualTo(Status.Code.UNKNOWN);
        assertThat(call.status.getDescription()).contains(file.toString());
    }
}
