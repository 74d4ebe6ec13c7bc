package io.netsy.node.term;

import io.netsy.elector.assignment.AssignmentException;
import io.netsy.elector.assignment.lease.LeaseRecord;
import io.netsy.elector.assignment.lease.LeaseStorage;
import io.netsy.elector.assignment.lease.LockObjectCodec;
import io.netsy.elector.assignment.lease.LockObjectCodec.LockObject;
import io.netsy.node.archive.LogKeys;
import io.netsy.node.objectstore.ObjectStore;
import io.netsy.node.objectstore.ObjectStoreException;
import io.netsy.node.objectstore.ObjectVersion;
import io.netsy.node.objectstore.PutOutcome;
import io.netsy.node.objectstore.StoredObject;
import io.netsy.node.objectstore.SwapOutcome;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * The elector's lease in {@code elector.json}: created once, then swapped. A renewal is one PUT, a look of somebody else one
 * GET. The store stays open when this is closed.
 */
public final class ObjectLeaseStorage implements LeaseStorage {
    private final ObjectStore store;
    private final Supplier<UUID> nonces;

    /** @param nonces random ids: versions of a store may depend on content alone, so no two contents may be equal */
    public ObjectLeaseStorage(ObjectStore store, Supplier<UUID> nonces) {
        this.store = store;
        this.nonces = nonces;
    }

    @Override
    public Optional<Stored> read() throws AssignmentException {
        try {
            Optional<StoredObject> object = store.get(LogKeys.ELECTOR);
            if (object.isEmpty()) {
                return Optional.empty();
            }
            LockObject lock = LockObjectCodec.decode(object.get().body());
            return Optional.of(new Stored(lock.record(), object.get().version(), lock.nonce()));
        } catch (ObjectStoreException e) {
            throw new AssignmentException(String.valueOf(e.getMessage()));
        } catch (AssignmentException e) {
            throw new AssignmentException("%s: %s".formatted(describe(), e.getMessage()));
        }
    }

    @Override
    public SwapResult create(LeaseRecord first) throws AssignmentException {
        LockObject lock = new LockObject(first, nonces.get());
        try {
            PutOutcome outcome = store.putIfAbsent(LogKeys.ELECTOR, ByteBuffer.wrap(LockObjectCodec.encode(lock)));
            return switch (outcome) {
                case PutOutcome.Created created -> stands(lock, created.version());
                case PutOutcome.Exists ignored -> new SwapResult.Lost();
            };
        } catch (ObjectStoreException e) {
            return unknownUnlessRefused(e);
        }
    }

    @Override
    public SwapResult swap(Stored expected, LeaseRecord next) throws AssignmentException {
        LockObject lock = new LockObject(next, nonces.get());
        try {
            SwapOutcome outcome =
                    store.putIfMatch(LogKeys.ELECTOR, (ObjectVersion) expected.mark(), LockObjectCodec.encode(lock));
            return switch (outcome) {
                case SwapOutcome.Swapped swapped -> stands(lock, swapped.version());
                case SwapOutcome.Mismatch ignored -> new SwapResult.Lost();
            };
        } catch (ObjectStoreException e) {
            return unknownUnlessRefused(e);
        }
    }

    private static SwapResult stands(LockObject lock, ObjectVersion version) {
        return new SwapResult.Swapped(new Stored(lock.record(), version, lock.nonce()));
    }

    private static SwapResult unknownUnlessRefused(ObjectStoreException e) throws AssignmentException {
        if (e instanceof ObjectStoreException.OutcomeUnknown) {
            return new SwapResult.Unknown(String.valueOf(e.getMessage()));
        }
        throw new AssignmentException(String.valueOf(e.getMessage()));
    }

    @Override
    public String describe() {
        return "%s in %s".formatted(LogKeys.ELECTOR, store.describe());
    }

    @Override
    public void close() {}
}
