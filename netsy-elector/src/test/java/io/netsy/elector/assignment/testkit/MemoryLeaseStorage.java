package io.netsy.elector.assignment.testkit;

import io.netsy.elector.assignment.AssignmentException;
import io.netsy.elector.assignment.lease.LeaseRecord;
import io.netsy.elector.assignment.lease.LeaseStorage;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A lease record in memory, with faults to be switched on; several views share one record. Safe for any thread. */
public final class MemoryLeaseStorage implements LeaseStorage {
    private final Shared shared;
    private volatile Fault fault = Fault.NONE;

    /** What goes wrong at each call. */
    public enum Fault {
        NONE,
        /** Reads fail, writes end unknown and without effect. */
        CUT,
        /** Writes happen, and their answer is lost. */
        ANSWERS_LOST,
        /** Everything is refused. */
        REFUSED
    }

    /** The record and its version. */
    public static final class Shared {
        private @Nullable LeaseRecord record;
        private long version;

        synchronized Optional<Stored> read() {
            LeaseRecord stands = record;
            return stands == null ? Optional.empty() : Optional.of(new Stored(stands, version, version));
        }

        synchronized Optional<Stored> put(long expected, LeaseRecord next) {
            if (version != expected) {
                return Optional.empty();
            }
            record = next;
            version++;
            return read();
        }

        /** Somebody deletes the object. */
        public synchronized void delete() {
            record = null;
            version = 0;
        }
    }

    public MemoryLeaseStorage(Shared shared) {
        this.shared = shared;
    }

    public void fail(Fault newFault) {
        fault = newFault;
    }

    @Override
    public Optional<Stored> read() throws AssignmentException {
        refuseIfWanted();
        if (fault == Fault.CUT) {
            throw new AssignmentException("memory: cut off");
        }
        return shared.read();
    }

    @Override
    public SwapResult create(LeaseRecord first) throws AssignmentException {
        return put(0, first);
    }

    @Override
    public SwapResult swap(Stored expected, LeaseRecord next) throws AssignmentException {
        return put((Long) expected.mark(), next);
    }

    private SwapResult put(long expected, LeaseRecord next) throws AssignmentException {
        refuseIfWanted();
        if (fault == Fault.CUT) {
            return new SwapResult.Unknown("memory: cut off");
        }
        Optional<Stored> stands = shared.put(expected, next);
        if (fault == Fault.ANSWERS_LOST) {
            return new SwapResult.Unknown("memory: the answer was lost");
        }
        return stands.isPresent() ? new SwapResult.Swapped(stands.get()) : new SwapResult.Lost();
    }

    private void refuseIfWanted() throws AssignmentException {
        if (fault == Fault.REFUSED) {
            throw new AssignmentException("memory: refused");
        }
    }

    @Override
    public String describe() {
        return "memory";
    }

    @Override
    public void close() {}
}
