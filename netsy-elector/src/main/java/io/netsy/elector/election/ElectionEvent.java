package io.netsy.elector.election;

import io.netsy.elector.term.RegisterStorage.Stored;
import io.netsy.elector.term.RegisterStorage.SwapResult;
import io.netsy.replication.model.LogPosition;
import java.util.Optional;

/** What can happen during an election. Times are nanoseconds of the boot clock. */
public sealed interface ElectionEvent {
    /** The register was read, and whether the bucket holds any log. */
    record RegisterRead(Optional<Stored> stored, boolean logPresent, long nowNanos) implements ElectionEvent {}

    /** A create or swap was answered. */
    record RegisterSwapped(SwapResult result, long nowNanos) implements ElectionEvent {}

    /** The end of the chain in the bucket was found, after it was asked for. */
    record TipFound(LogPosition tip) implements ElectionEvent {}

    /** The time asked for has come. */
    record Tick(long nowNanos) implements ElectionEvent {}
}
