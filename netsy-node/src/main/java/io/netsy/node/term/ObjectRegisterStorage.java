package io.netsy.node.term;

import io.netsy.elector.term.RegisterException;
import io.netsy.elector.term.RegisterStorage;
import io.netsy.elector.term.TermRegister;
import io.netsy.elector.term.TermRegisterCodec;
import io.netsy.node.archive.LogKeys;
import io.netsy.node.objectstore.ObjectStore;
import io.netsy.node.objectstore.ObjectStoreException;
import io.netsy.node.objectstore.ObjectVersion;
import io.netsy.node.objectstore.PutOutcome;
import io.netsy.node.objectstore.StoredObject;
import io.netsy.node.objectstore.SwapOutcome;
import java.nio.ByteBuffer;
import java.util.Optional;

/** The term register in {@code term.json}: created once, then only swapped, never deleted. */
public final class ObjectRegisterStorage implements RegisterStorage {
    private final ObjectStore store;

    public ObjectRegisterStorage(ObjectStore store) {
        this.store = store;
    }

    @Override
    public Optional<Stored> read() throws RegisterException {
        try {
            Optional<StoredObject> object = store.get(LogKeys.TERM);
            return object.isPresent()
                    ? Optional.of(new Stored(
                            TermRegisterCodec.decode(object.get().body()),
                            object.get().version()))
                    : Optional.empty();
        } catch (ObjectStoreException e) {
            throw new RegisterException(String.valueOf(e.getMessage()));
        } catch (RegisterException e) {
            throw new RegisterException(
                    "%s in %s: %s".formatted(LogKeys.TERM, store.describe(), String.valueOf(e.getMessage())));
        }
    }

    @Override
    public SwapResult create(TermRegister first) throws RegisterException {
        try {
            PutOutcome outcome = store.putIfAbsent(LogKeys.TERM, ByteBuffer.wrap(TermRegisterCodec.encode(first)));
            return switch (outcome) {
                case PutOutcome.Created created -> new SwapResult.Swapped(new Stored(first, created.version()));
                case PutOutcome.Exists ignored -> new SwapResult.Lost();
            };
        } catch (ObjectStoreException e) {
            return unknownUnlessRefused(e);
        }
    }

    @Override
    public SwapResult swap(Stored expected, TermRegister next) throws RegisterException {
        try {
            SwapOutcome outcome =
                    store.putIfMatch(LogKeys.TERM, (ObjectVersion) expected.mark(), TermRegisterCodec.encode(next));
            return switch (outcome) {
                case SwapOutcome.Swapped swapped -> new SwapResult.Swapped(new Stored(next, swapped.version()));
                case SwapOutcome.Mismatch ignored -> new SwapResult.Lost();
            };
        } catch (ObjectStoreException e) {
            return unknownUnlessRefused(e);
        }
    }

    private static SwapResult unknownUnlessRefused(ObjectStoreException e) throws RegisterException {
        if (e instanceof ObjectStoreException.OutcomeUnknown) {
            return new SwapResult.Unknown(String.valueOf(e.getMessage()));
        }
        throw new RegisterException(String.valueOf(e.getMessage()));
    }
}
