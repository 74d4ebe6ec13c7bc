package io.netsy.node.replica;

import io.netsy.etcd.state.Compactor;
import io.netsy.etcd.state.StoreState;
import io.netsy.replication.model.Entry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;

/** The process that {@link ReplicaCrashTest} kills: commits the entries of a seed, from where its file stands, for ever. */
final class CrashedReplica {
    private CrashedReplica() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        ReplicaLimits limits = ReplicaLimits.DEFAULT
                .withCacheBytes(1 << 20)
                .withBacklogBytes(1 << 20)
                .withWalBytes(1 << 20)
                .withPurgeDelay(Duration.ofMillis(1));
        RandomLog log = new RandomLog(Long.parseLong(arguments[1]), 200, 1000);
        OpenedReplica opened =
                Replica.open(new ReplicaConfig(Path.of(arguments[0]), ReplicaFixture.IDENTITY, limits), health -> {});
        Replica replica = opened.replica();
        ReplicaCrashTest.advance(log, opened.position().index());
        StoreState[] owned = {log.state()};
        replica.attach((compactRevision, keys) -> {
            LongStream.Builder ids = LongStream.builder();
            synchronized (owned) {
                Compactor.compact(owned[0], compactRevision, keys, ids);
            }
            return CompletableFuture.completedFuture(ids.build().toArray());
        });
        System.out.println("running");
        while (replica.awaitRoom(Duration.ofSeconds(60))) {
            List<Entry> entries;
            synchronized (owned) {
                entries = log.next(1);
                owned[0] = log.state();
            }
            replica.commit(log.position(), entries);
        }
    }
}
