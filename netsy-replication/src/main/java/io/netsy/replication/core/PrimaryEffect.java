package io.netsy.replication.core;

import io.netsy.replication.codec.Frame;
import io.netsy.replication.model.LogPosition;
import java.util.List;

/** What a primary wants done, in the order given. */
public sealed interface PrimaryEffect {

    /** Create the chunk under its key, never replacing one; answer with one of the chunk events. */
    record PutChunk(Chunk chunk) implements PrimaryEffect {}

    /** Read what stands at the key of this index. */
    record ReadChunk(long firstIndex) implements PrimaryEffect {}

    /** A predecessor's late frames are part of the history: apply them before anything of this term. */
    record Adopt(List<Frame> frames) implements PrimaryEffect {}

    /** TermStart stands and the register still names this process: take writes. */
    record Serve(Frame termStart) implements PrimaryEffect {}

    /** Everything up to here is committed: publish, then answer. */
    record Commit(LogPosition position) implements PrimaryEffect {}

    /** Read the register; answer with {@link PrimaryEvent.RegisterSeen}, its question's time taken before sending. */
    record ReadRegister() implements PrimaryEffect {}

    /** The right to answer reads is this one from now on. */
    record LeaseChanged(ReadLease lease) implements PrimaryEffect {}

    /** Reads that waited before the register was asked may be answered from the committed state. */
    record ConfirmReads() implements PrimaryEffect {}

    /** Send a {@link PrimaryEvent.Tick} at this time, on the boot clock. */
    record WakeAt(long bootNanos) implements PrimaryEffect {}

    /** Another writer holds a later term, or this one lost its own: stop serving at once, lose nothing. */
    record StepDown(String reason) implements PrimaryEffect {}

    /** What was found can't be: stop the process and let a person look. */
    record Halt(String reason) implements PrimaryEffect {}
}
