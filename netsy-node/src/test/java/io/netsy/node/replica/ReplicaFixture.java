package io.netsy.node.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netsy.etcd.port.RevisionStore.StoredRevision;
import io.netsy.etcd.state.Compactor;
import io.netsy.etcd.state.StoreState;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.Entry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.LongStream;

/** A replica under test, the log that it is fed, and the owner of the state that a node would be. */
final class ReplicaFixture implements AutoCloseable {
    static final ReplicaIdentity IDENTITY = new ReplicaIdentity(new UUID(1, 2), new UUID(7, 8));
    static final ReplicaLimits LIMITS =
            ReplicaLimits.DEFAULT.withCacheBytes(1 << 20).withPurgeDelay(Duration.ofMillis(1));

    final RandomLog log;
    final ReplicaConfig config;
    final List<ReplicaHealth> healthChanges = new CopyOnWriteArrayList<>();
    Replica replica;
    StoreState loaded;

    /** What the owner of the state would hold: purged slice by slice. */
    StoreState owned;

    /** The log's state knows nothing of purges, so each is done again. */
    private final List<Prune> prunes = new ArrayList<>();

    private record Prune(long compactRevision, List<Bytes> keys) {}

    ReplicaFixture(Path file, RandomLog log, ReplicaLimits limits) throws IOException {
        this.log = log;
        this.config = new ReplicaConfig(file, IDENTITY, limits);
        OpenedReplica opened = open();
        this.replica = opened.replica();
        this.loaded = opened.state();
        this.owned = opened.state();
    }

    private OpenedReplica open() throws IOException {
        return Replica.open(config, healthChanges::add);
    }

    void reopen() throws IOException {
        replica.close();
        OpenedReplica opened = open();
        replica = opened.replica();
        loaded = opened.state();
        owned = opened.state();
        assertThat(opened.position()).isEqualTo(log.position());
    }

    void commit(List<Entry> entries) {
        entries.forEach(replica::stage);
        replica.commit(log.position(), entries);
    }

    void commitNext(int entries) {
        commit(log.next(entries));
    }

    void awaitApplied() {
        await().until(() -> replica.applied().equals(log.position()));
    }

    /** Becomes the owner of the state. */
    void attach() {
        replica.attach(this::prune);
    }

    synchronized CompletableFuture<long[]> prune(long compactRevision, List<Bytes> keys) {
        LongStream.Builder ids = LongStream.builder();
        StoreState state = log.state();
        for (Prune earlier : prunes) {
            state = Compactor.compact(state, earlier.compactRevision, earlier.keys, id -> {});
        }
        prunes.add(new Prune(compactRevision, keys));
        owned = Compactor.compact(state, compactRevision, keys, ids);
        return CompletableFuture.completedFuture(ids.build().toArray());
    }

    List<StoredRevision> scanAll() {
        List<StoredRevision> found = new ArrayList<>();
        replica.scan(0, Long.MAX_VALUE, found::add);
        return found;
    }

    /** What is left of all revisions once the newest compaction is purged. */
    List<StoredRevision> expectedAfterPurge() {
        NavigableMap<Long, StoredRevision> left = new java.util.TreeMap<>(log.revisions());
        RandomLog.purged(log.state(), left::remove);
        return List.copyOf(left.values());
    }

    @Override
    public void close() throws IOException {
        replica.close();
    }
}
