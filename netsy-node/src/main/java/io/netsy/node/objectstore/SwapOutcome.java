package io.netsy.node.objectstore;

/** What became of a write that asked for an expected version; a write without a known end throws instead. */
public sealed interface SwapOutcome {

    /** The object has the new content by this call, durably. */
    record Swapped(ObjectVersion version) implements SwapOutcome {}

    /** The object had another version, or was absent; nothing was written. */
    record Mismatch() implements SwapOutcome {}
}
