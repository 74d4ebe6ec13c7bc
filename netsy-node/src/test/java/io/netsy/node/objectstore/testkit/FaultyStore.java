package io.netsy.node.objectstore.testkit;

import io.netsy.node.objectstore.ObjectInfo;
import io.netsy.node.objectstore.ObjectStore;
import io.netsy.node.objectstore.ObjectStoreException;
import io.netsy.node.objectstore.ObjectVersion;
import io.netsy.node.objectstore.PutOutcome;
import io.netsy.node.objectstore.StoreEnvironment;
import io.netsy.node.objectstore.StoredObject;
import io.netsy.node.objectstore.SwapOutcome;
import io.netsy.node.objectstore.testkit.FaultPlan.Call;
import io.netsy.node.objectstore.testkit.FaultPlan.Operation;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A store whose calls suffer the faults of a plan, which can be changed at any time; faults show as the port's errors. */
public final class FaultyStore implements ObjectStore {

    private final ObjectStore store;
    private final StoreEnvironment environment;
    private volatile FaultPlan plan;

    public FaultyStore(ObjectStore store, FaultPlan plan, StoreEnvironment environment) {
        this.store = store;
        this.plan = plan;
        this.environment = environment;
    }

    /** From now on calls suffer another plan. */
    public void follow(FaultPlan other) {
        plan = other;
    }

    @Override
    public Optional<StoredObject> get(String key) {
        return suffering(new Call(Operation.GET, key), () -> store.get(key));
    }

    @Override
    public InputStream open(String key) {
        return suffering(new Call(Operation.OPEN, key), () -> store.open(key));
    }

    @Override
    public PutOutcome putIfAbsent(String key, ByteBuffer... body) {
        return suffering(new Call(Operation.PUT, key), () -> store.putIfAbsent(key, body));
    }

    @Override
    public SwapOutcome putIfMatch(String key, ObjectVersion expected, byte[] body) {
        return suffering(new Call(Operation.SWAP, key), () -> store.putIfMatch(key, expected, body));
    }

    @Override
    public PutOutcome uploadIfAbsent(String key, Path file) {
        return suffering(new Call(Operation.UPLOAD, key), () -> store.uploadIfAbsent(key, file));
    }

    @Override
    public List<ObjectInfo> list(String prefix, @Nullable String startAfter, int limit) {
        return suffering(new Call(Operation.LIST, prefix), () -> store.list(prefix, startAfter, limit));
    }

    @Override
    public void delete(Collection<String> keys) {
        String first = keys.isEmpty() ? "" : keys.iterator().next();
        suffering(new Call(Operation.DELETE, first), () -> {
            store.delete(keys);
            return true;
        });
    }

    @Override
    public String describe() {
        return store.describe();
    }

    @Override
    public void close() {
        store.close();
    }

    private <T> T suffering(Call call, Supplier<T> effect) {
        for (Fault fault : plan.faultsOf(call)) {
            switch (fault) {
                case Fault.Latency latency ->
                    interruptible(call, () -> environment.pause().pause(latency.duration()));
                case Fault.Hang hang -> interruptible(call, () -> hang.release().await());
                case Fault.TimeoutBeforeEffect timeout -> throw lost(call, "no answer in time");
                case Fault.SlowDown503 slowDown ->
                    throw lost(call, "503 SlowDown, \"Please reduce your request rate.\"");
                case Fault.TimeoutAfterSuccess timeout -> {
                    var _ = effect.get();
                    throw lost(call, "no answer in time");
                }
                case Fault.Reset reset -> {
                    if (environment.random().nextBoolean()) {
                        var _ = effect.get();
                    }
                    throw lost(call, "Connection reset");
                }
            }
        }
        return effect.get();
    }

    private interface Wait {
        void run() throws InterruptedException;
    }

    private void interruptible(Call call, Wait wait) {
        try {
            wait.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw lost(call, "the calling thread was interrupted");
        }
    }

    private ObjectStoreException lost(Call call, String reason) {
        String action = call.operation() + " " + store.describe() + " " + call.key();
        return call.operation().isWrite()
                ? new ObjectStoreException.OutcomeUnknown(action, reason, null)
                : new ObjectStoreException.Unavailable(action, reason, "it may pass: try again later", null);
    }
}
