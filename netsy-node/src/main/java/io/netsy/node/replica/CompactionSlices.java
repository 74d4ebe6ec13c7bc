package io.netsy.node.replica;

import io.netsy.replication.model.Bytes;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The owner of the key index, asked to forget what a compaction took, one slice of keys at a time, before the replica
 * deletes the rows.
 */
@FunctionalInterface
public interface CompactionSlices {
    /**
     * Has {@link io.netsy.etcd.state.Compactor#compact} run over these keys, on the owner's thread. Must not block.
     *
     * @param compactRevision a compaction that is committed and applied; later ones may be too
     * @param keys at most 1,000, each once; keys that the index no longer knows are among them
     * @return the ids that were forgotten, in the order in which the compactor named them; a failure is tried again
     */
    CompletableFuture<long[]> prune(long compactRevision, List<Bytes> keys);
}
