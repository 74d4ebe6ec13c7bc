package io.netsy.node.primary;

import io.netsy.elector.term.TermRegister.Claimant;
import io.netsy.etcd.port.CommitListener.Commit;
import io.netsy.etcd.port.CommittedState;
import io.netsy.etcd.port.Evaluation;
import io.netsy.etcd.port.Proposal;
import io.netsy.etcd.port.RevisionStore;
import io.netsy.etcd.state.StoreState;
import io.netsy.node.archive.LogArchive;
import io.netsy.node.clock.NodeClock;
import io.netsy.node.objectstore.testkit.FaultPlan;
import io.netsy.node.objectstore.testkit.FaultyStore;
import io.netsy.node.objectstore.testkit.InMemoryObjectStore;
import io.netsy.node.objectstore.testkit.TestEnvironments;
import io.netsy.node.term.ObjectRegisterStorage;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.Change;
import io.netsy.replication.model.Entry;
import io.netsy.replication.model.LogPosition;
import io.netsy.replication.model.Moment;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A primary's term over a store that fails as a test says, with a clock that a test can push on. */
final class TermBed implements AutoCloseable {
    static final int MAX_FRAME_BYTES = 4096;
    private static final UUID CLUSTER = new UUID(1, 1);

    final FaultyStore store = new FaultyStore(
            new InMemoryObjectStore(InstantSource.system()), FaultPlan.none(), TestEnvironments.withoutPauses());
    final PushedClock clock = new PushedClock();
    final List<Commit> commits = new CopyOnWriteArrayList<>();
    static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);

    final PrimaryMeters meters = new PrimaryMeters();
    final PrimaryTerm term;

    TermBed(Duration lease) throws Exception {
        this.term = PrimaryTerm.open(setup("a", lease), () -> new PrimaryTerm.Tip(LogPosition.START, StoreState.EMPTY));
        term.serving().join();
    }

    /** What a rival on the same store is opened with. */
    PrimaryTerm.Setup setup(String node, Duration lease) {
        return new PrimaryTerm.Setup(
                new Claimant(node, clock.newId(), clock.newId()),
                new ObjectRegisterStorage(store),
                new LogArchive(store, CLUSTER),
                clock,
                new NoReplica(),
                new PrimaryTerm.Observers(List.of(commits::add), new Deaf(), CommitStages.NONE, meters),
                new PrimaryTerm.Settings(
                        lease,
                        new GatherSettings(Duration.ZERO, List.of(), MAX_FRAME_BYTES),
                        REQUEST_TIMEOUT,
                        Duration.ofSeconds(5)),
                null);
    }

    /** A put of a key; its result is its revision. */
    static Proposal<Long> put(String key, int valueBytes) {
        return Proposal.sized(valueBytes, (tip, revisions) -> {
            long revision = tip.revision() + 1;
            Change put = new Change.Put(Bytes.utf8(key), Bytes.wrap(new byte[valueBytes]), revision, 1, 0);
            return Evaluation.effect(tip, new Entry.Transaction(revision, List.of(put)), revision);
        });
    }

    /** Asks for the revision and changes nothing. */
    static Proposal<Long> noEffect() {
        return (tip, revisions) -> Evaluation.noEffect(tip.revision());
    }

    @Override
    public void close() {
        store.follow(FaultPlan.none());
        term.close();
    }

    /** The machine's clock and what was added to it. */
    static final class PushedClock implements NodeClock {
        private final NodeClock real = new io.netsy.node.clock.SystemNodeClock();
        private final AtomicLong addedNanos = new AtomicLong();

        void push(Duration duration) {
            addedNanos.addAndGet(duration.toNanos());
        }

        @Override
        public Moment now() {
            Moment now = real.now();
            long added = addedNanos.get();
            return new Moment(now.bootNanos() + added, now.wallMillis() + added / 1_000_000);
        }

        @Override
        public UUID newId() {
            return real.newId();
        }
    }

    private record Deaf() implements TermListener {
        @Override
        public void onServing(CommittedState state) {}

        @Override
        public void onEnded(Sequencer.Ending ending) {}
    }

    private record NoReplica() implements AppliedLog, RevisionStore {
        @Override
        public void stage(Entry entry) {}

        @Override
        public void discardStaged() {}

        @Override
        public void commit(LogPosition end, List<Entry> entries) {}

        @Override
        public long backlogBytes() {
            return 0;
        }

        @Override
        public RevisionStore revisions() {
            return this;
        }

        @Override
        public @Nullable Bytes cachedValue(long revisionId) {
            return null;
        }

        @Override
        public @Nullable Bytes[] values(long[] revisionIds) {
            return new Bytes[revisionIds.length];
        }

        @Override
        public @Nullable StoredRevision revision(long revisionId) {
            return null;
        }

        @Override
        public void scan(long fromId, long toId, Predicate<StoredRevision> visitor) {}
    }
}
