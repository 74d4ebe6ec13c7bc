package io.netsy.node.objectstore.testkit;

import io.netsy.node.objectstore.ObjectInfo;
import io.netsy.node.objectstore.ObjectKeys;
import io.netsy.node.objectstore.ObjectStore;
import io.netsy.node.objectstore.ObjectStoreException;
import io.netsy.node.objectstore.ObjectVersion;
import io.netsy.node.objectstore.PutOutcome;
import io.netsy.node.objectstore.StoredObject;
import io.netsy.node.objectstore.SwapOutcome;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A store in memory that keeps the contract of the port; closing it keeps its objects. */
public final class InMemoryObjectStore implements ObjectStore {

    private final InstantSource clock;
    private final ConcurrentSkipListMap<String, StoredObject> objects = new ConcurrentSkipListMap<>();
    private final AtomicLong versions = new AtomicLong();

    public InMemoryObjectStore(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public Optional<StoredObject> get(String key) {
        return Optional.ofNullable(objects.get(ObjectKeys.check(key)))
                .map(object -> new StoredObject(object.body().clone(), object.version(), object.lastModified()));
    }

    @Override
    public InputStream open(String key) {
        StoredObject object = objects.get(ObjectKeys.check(key));
        if (object == null) {
            throw new ObjectStoreException.ObjectMissing("open " + describe() + "/" + key);
        }
        return new ByteArrayInputStream(object.body());
    }

    @Override
    public PutOutcome putIfAbsent(String key, ByteBuffer... body) {
        StoredObject object = newObject(join(body));
        return objects.putIfAbsent(ObjectKeys.check(key), object) == null
                ? new PutOutcome.Created(object.version())
                : new PutOutcome.Exists();
    }

    @Override
    public SwapOutcome putIfMatch(String key, ObjectVersion expected, byte[] body) {
        StoredObject replacement = newObject(body.clone());
        StoredObject standing = objects.computeIfPresent(
                ObjectKeys.check(key), (name, current) -> current.version().equals(expected) ? replacement : current);
        return standing != null && standing.version().equals(replacement.version())
                ? new SwapOutcome.Swapped(replacement.version())
                : new SwapOutcome.Mismatch();
    }

    @Override
    public PutOutcome uploadIfAbsent(String key, Path file) {
        try {
            return putIfAbsent(key, ByteBuffer.wrap(Files.readAllBytes(file)));
        } catch (IOException e) {
            throw new UncheckedIOException("reading " + file + " failed", e);
        }
    }

    @Override
    public List<ObjectInfo> list(String prefix, @Nullable String startAfter, int limit) {
        ObjectKeys.checkPrefix(prefix);
        if (limit < 1) {
            throw new IllegalArgumentException("a list of at most " + limit + " objects makes no sense");
        }
        Map<String, StoredObject> rest = startAfter == null ? objects : objects.tailMap(startAfter, false);
        return rest.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(prefix))
                .limit(limit)
                .map(entry -> new ObjectInfo(
                        entry.getKey(),
                        entry.getValue().body().length,
                        entry.getValue().lastModified()))
                .toList();
    }

    @Override
    public void delete(Collection<String> keys) {
        keys.forEach(objects::remove);
    }

    @Override
    public String describe() {
        return "memory:";
    }

    @Override
    public void close() {
        // the objects stay: another "process" may hold this store too
    }

    private StoredObject newObject(byte[] body) {
        return new StoredObject(body, new ObjectVersion("v" + versions.incrementAndGet()), clock.instant());
    }

    private static byte[] join(ByteBuffer... buffers) {
        int sizeBytes = 0;
        for (ByteBuffer buffer : buffers) {
            sizeBytes += buffer.remaining();
        }
        ByteBuffer joined = ByteBuffer.allocate(sizeBytes);
        for (ByteBuffer buffer : buffers) {
            joined.put(buffer.duplicate());
        }
        return joined.array();
    }
}
