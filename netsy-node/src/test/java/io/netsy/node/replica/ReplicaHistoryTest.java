package io.netsy.node.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netsy.etcd.port.CommittedState;
import io.netsy.etcd.port.HistoryExport.View;
import io.netsy.etcd.port.RevisionStore.StoredRevision;
import io.netsy.etcd.port.StateSource;
import io.netsy.etcd.state.StoreState;
import io.netsy.replication.model.Entry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A view is one committed state, whatever the replica does before and after. */
class ReplicaHistoryTest {
    @TempDir
    Path directory;

    private final RandomLog log = new RandomLog(11, 40, 2_000);
    private final States states = new States();

    /** Says the states that a test lines up, and the log's newest when there are no more. */
    private final class States implements StateSource {
        final Deque<CommittedState> lined = new ArrayDeque<>();

        @Override
        public CommittedState committed() {
            return lined.isEmpty() ? newest() : lined.remove();
        }

        @Override
        public CompletableFuture<CommittedState> linearizable() {
            return CompletableFuture.completedFuture(committed());
        }

        @Override
        public boolean hasLeader() {
            return false;
        }
    }

    @SuppressWarnings("NullAway.Init") // by open
    private ReplicaFixture fixture;

    @BeforeEach
    void open() throws IOException {
        fixture = new ReplicaFixture(directory.resolve("replica.db"), log, ReplicaFixture.LIMITS);
    }

    @AfterEach
    void close() throws IOException {
        fixture.close();
    }

    private CommittedState newest() {
        return new CommittedState(log.state(), log.position().index(), 1);
    }

    private static List<StoredRevision> rowsOf(View view) throws IOException {
        List<StoredRevision> rows = new ArrayList<>();
        view.visit(rows::add);
        return rows;
    }

    /** Puts, and nothing else: no compaction of chance is among them. */
    private void write(int count) {
        for (int i = 0; i < count; i++) {
            fixture.commit(log.add(log.putEntry("/k" + i % 40, 500)));
        }
    }

    private void compact(long revision) {
        fixture.commit(log.add(new Entry.Compaction(revision)));
    }

    @Test
    void aViewWaitsForTheFileAndStaysAsItIs() throws Exception {
        fixture.attach();
        write(2_000);
        compact(log.state().revision() / 2);
        fixture.replica.purged(log.state().compactRevision()).get(20, TimeUnit.SECONDS);
        write(2_000);
        List<StoredRevision> expected = fixture.expectedAfterPurge();
        StoreState state = log.state();

        try (View view = new ReplicaHistory(fixture.replica, states).open()) {
            write(500);
            compact(log.state().revision());
            fixture.replica.purged(log.state().compactRevision()).get(20, TimeUnit.SECONDS);
            fixture.replica.defragment().get(20, TimeUnit.SECONDS);

            assertThat(view.at().state()).isSameAs(state);
            assertThat(rowsOf(view)).isEqualTo(expected);
        }
        assertThat(fixture.scanAll()).isEqualTo(fixture.expectedAfterPurge());
    }

    @Test
    void rowsBeyondTheStateAreLeftOut() throws Exception {
        write(300);
        states.lined.add(newest());
        NavigableMap<Long, StoredRevision> expected = new TreeMap<>(log.revisions());
        write(300);
        fixture.awaitApplied();

        try (View view = new ReplicaHistory(fixture.replica, states).open()) {
            assertThat(rowsOf(view)).containsExactlyElementsOf(expected.values());
        }
    }

    @Test
    void aStateThatACompactionOvertookIsNotUsed() throws Exception {
        fixture.attach();
        write(300);
        states.lined.add(newest());
        compact(log.state().revision());
        fixture.replica.purged(log.state().compactRevision()).get(20, TimeUnit.SECONDS);

        try (View view = new ReplicaHistory(fixture.replica, states).open()) {
            assertThat(view.at()).isEqualTo(newest());
            assertThat(rowsOf(view)).isEqualTo(fixture.expectedAfterPurge());
        }
    }

    @Test
    void writesGoOnDuringADefragmentation() throws Exception {
        fixture.attach();
        for (int i = 0; i < 3_000; i++) {
            fixture.commit(log.add(log.putEntry("/k" + i % 10, 10_000)));
        }
        compact(log.state().revision());
        fixture.replica.purged(log.state().compactRevision()).get(20, TimeUnit.SECONDS);
        long before = fixture.replica.sizeBytes();

        CompletableFuture<Void> done = fixture.replica.defragment();
        int applied = 0;
        while (!done.isDone()) {
            fixture.commit(log.add(log.putEntry("/during", 10)));
            await().pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> fixture.replica.applied().equals(log.position()));
            applied++;
        }
        done.get();

        assertThat(applied).isGreaterThan(3);
        assertThat(fixture.replica.sizeBytes()).isLessThan(before - 10_000_000);
    }
}
