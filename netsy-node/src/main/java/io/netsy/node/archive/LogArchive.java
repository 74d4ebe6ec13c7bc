package io.netsy.node.archive;

import io.netsy.node.objectstore.ObjectInfo;
import io.netsy.node.objectstore.ObjectStore;
import io.netsy.node.objectstore.PutOutcome;
import io.netsy.node.objectstore.StoredObject;
import io.netsy.replication.core.Chunk;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The chunks of the log in the bucket. Calls block; one thread puts, any thread reads. Errors are those of
 * {@link ObjectStore}.
 */
public final class LogArchive {
    private static final int LIST_LIMIT = 1000;

    private final ObjectStore store;
    private final ChunkCodec codec;

    public LogArchive(ObjectStore store, UUID clusterId) {
        this.store = store;
        this.codec = new ChunkCodec(clusterId);
    }

    /** Creates the chunk under its key; never replaces one. */
    public PutOutcome put(Chunk chunk) {
        return store.putIfAbsent(LogKeys.chunk(chunk.firstIndex()), codec.encode(chunk));
    }

    /**
     * The chunk that begins with this index, if there is one.
     *
     * @throws DamagedObjectException when something else stands there
     */
    public Optional<Chunk> read(long firstIndex) throws DamagedObjectException {
        String key = LogKeys.chunk(firstIndex);
        Optional<StoredObject> object = store.get(key);
        return object.isPresent() ? Optional.of(codec.decode(key, object.get().body())) : Optional.empty();
    }

    /** Chunks after that index, ascending, as the listing shows them; a page at most. */
    List<ObjectInfo> list(@Nullable Long afterIndex) {
        String after = afterIndex == null ? null : LogKeys.chunk(afterIndex);
        return store.list(LogKeys.LOG_PREFIX, after, LIST_LIMIT);
    }

    /** Whether there is any chunk at all. */
    public boolean isEmpty() {
        return store.list(LogKeys.LOG_PREFIX, null, 1).isEmpty();
    }

    /** Where the log is, for messages. */
    public String describe() {
        return store.describe();
    }
}
