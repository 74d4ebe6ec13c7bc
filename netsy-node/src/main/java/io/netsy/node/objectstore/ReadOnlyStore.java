package io.netsy.node.objectstore;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A store that can only be read: for tools that must never change what they look at. Every write is a fault of the caller. */
public final class ReadOnlyStore implements ObjectStore {
    private final ObjectStore store;

    public ReadOnlyStore(ObjectStore store) {
        this.store = store;
    }

    @Override
    public Optional<StoredObject> get(String key) {
        return store.get(key);
    }

    @Override
    public InputStream open(String key) {
        return store.open(key);
    }

    @Override
    public List<ObjectInfo> list(String prefix, @Nullable String startAfter, int limit) {
        return store.list(prefix, startAfter, limit);
    }

    @Override
    public PutOutcome putIfAbsent(String key, ByteBuffer... body) {
        throw refuse("create " + key);
    }

    @Override
    public SwapOutcome putIfMatch(String key, ObjectVersion expected, byte[] body) {
        throw refuse("swap " + key);
    }

    @Override
    public PutOutcome uploadIfAbsent(String key, Path file) {
        throw refuse("upload " + key);
    }

    @Override
    public void delete(Collection<String> keys) {
        throw refuse("delete " + keys);
    }

    private IllegalStateException refuse(String attempt) {
        return new IllegalStateException("tried to " + attempt + " in " + describe() + ", which was opened to be read");
    }

    @Override
    public String describe() {
        return store.describe();
    }

    @Override
    public void close() {
        store.close();
    }
}
