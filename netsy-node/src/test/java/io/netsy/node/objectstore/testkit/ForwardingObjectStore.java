package io.netsy.node.objectstore.testkit;

import io.netsy.node.objectstore.ObjectInfo;
import io.netsy.node.objectstore.ObjectStore;
import io.netsy.node.objectstore.ObjectVersion;
import io.netsy.node.objectstore.PutOutcome;
import io.netsy.node.objectstore.StoredObject;
import io.netsy.node.objectstore.SwapOutcome;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A store that hands every call on, for tests that change one of them. */
public class ForwardingObjectStore implements ObjectStore {

    private final ObjectStore store;

    public ForwardingObjectStore(ObjectStore store) {
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
    public PutOutcome putIfAbsent(String key, ByteBuffer... body) {
        return store.putIfAbsent(key, body);
    }

    @Override
    public SwapOutcome putIfMatch(String key, ObjectVersion expected, byte[] body) {
        return store.putIfMatch(key, expected, body);
    }

    @Override
    public PutOutcome uploadIfAbsent(String key, Path file) {
        return store.uploadIfAbsent(key, file);
    }

    @Override
    public List<ObjectInfo> list(String prefix, @Nullable String startAfter, int limit) {
        return store.list(prefix, startAfter, limit);
    }

    @Override
    public void delete(Collection<String> keys) {
        store.delete(keys);
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
