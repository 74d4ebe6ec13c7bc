package io.netsy.node.objectstore;

import io.netsy.node.objectstore.StoreRequest.Kind;
import io.netsy.node.objectstore.StoreRequest.Outcome;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells a listener of every call to a store as one request.
 *
 * <p>For stores whose calls are their requests, like a folder or a fake. The S3 adapter tells its listener itself, since
 * one call of it may be several requests: repeated reads, pages of a list, parts of an upload.
 */
public final class CountingStore implements ObjectStore {

    private final ObjectStore store;
    private final StoreListener listener;
    private final LongSupplier nanoTime;

    public CountingStore(ObjectStore store, StoreListener listener, LongSupplier nanoTime) {
        this.store = store;
        this.listener = listener;
        this.nanoTime = nanoTime;
    }

    @Override
    public Optional<StoredObject> get(String key) {
        return counted(
                Kind.GET,
                0,
                () -> store.get(key),
                found -> found.map(object -> new Ending(Outcome.DONE, object.body().length))
                        .orElse(new Ending(Outcome.MISSING, 0)));
    }

    @Override
    public InputStream open(String key) {
        return counted(Kind.GET, 0, () -> store.open(key), stream -> Ending.DONE);
    }

    @Override
    public PutOutcome putIfAbsent(String key, ByteBuffer... body) {
        long sizeBytes = 0;
        for (ByteBuffer buffer : body) {
            sizeBytes += buffer.remaining();
        }
        return counted(Kind.PUT, sizeBytes, () -> store.putIfAbsent(key, body), CountingStore::endingOf);
    }

    @Override
    public SwapOutcome putIfMatch(String key, ObjectVersion expected, byte[] body) {
        return counted(Kind.PUT, body.length, () -> store.putIfMatch(key, expected, body), outcome -> switch (outcome) {
            case SwapOutcome.Swapped swapped -> Ending.DONE;
            case SwapOutcome.Mismatch mismatch -> Ending.CONDITION_FAILED;
        });
    }

    @Override
    public PutOutcome uploadIfAbsent(String key, Path file) {
        return counted(Kind.PUT, sizeOf(file), () -> store.uploadIfAbsent(key, file), CountingStore::endingOf);
    }

    @Override
    public List<ObjectInfo> list(String prefix, @Nullable String startAfter, int limit) {
        return counted(Kind.LIST, 0, () -> store.list(prefix, startAfter, limit), list -> Ending.DONE);
    }

    @Override
    public void delete(Collection<String> keys) {
        counted(
                Kind.DELETE,
                0,
                () -> {
                    store.delete(keys);
                    return true;
                },
                done -> Ending.DONE);
    }

    @Override
    public String describe() {
        return store.describe();
    }

    @Override
    public void close() {
        store.close();
    }

    private record Ending(Outcome outcome, long receivedBytes) {
        static final Ending DONE = new Ending(Outcome.DONE, 0);
        static final Ending CONDITION_FAILED = new Ending(Outcome.CONDITION_FAILED, 0);
    }

    private <T> T counted(Kind kind, long sentBytes, Supplier<T> call, Function<T, Ending> ending) {
        long start = nanoTime.getAsLong();
        try {
            T result = call.get();
            tell(kind, sentBytes, start, ending.apply(result));
            return result;
        } catch (ObjectStoreException e) {
            tell(kind, sentBytes, start, new Ending(outcomeOf(e), 0));
            throw e;
        }
    }

    private void tell(Kind kind, long sentBytes, long start, Ending ending) {
        listener.requestEnded(new StoreRequest(
                kind,
                ending.outcome(),
                sentBytes,
                ending.receivedBytes(),
                Duration.ofNanos(nanoTime.getAsLong() - start)));
    }

    private static Ending endingOf(PutOutcome outcome) {
        return switch (outcome) {
            case PutOutcome.Created created -> Ending.DONE;
            case PutOutcome.Exists exists -> Ending.CONDITION_FAILED;
        };
    }

    private static Outcome outcomeOf(ObjectStoreException fault) {
        return switch (fault) {
            case ObjectStoreException.OutcomeUnknown unknown -> Outcome.FAILED;
            case ObjectStoreException.Unavailable unavailable -> Outcome.FAILED;
            case ObjectStoreException.Refused refused -> Outcome.REFUSED;
            case ObjectStoreException.ObjectMissing missing -> Outcome.MISSING;
        };
    }

    private static long sizeOf(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException("reading the size of " + file + " failed", e);
        }
    }
}
