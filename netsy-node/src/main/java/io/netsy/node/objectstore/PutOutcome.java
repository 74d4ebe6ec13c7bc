package io.netsy.node.objectstore;

/** What became of a write that asked for the key to be free; a write without a known end throws instead. */
public sealed interface PutOutcome {

    /** The object was created by this call and is durable. */
    record Created(ObjectVersion version) implements PutOutcome {}

    /** The key was taken, by whomever, before this call; nothing was written. */
    record Exists() implements PutOutcome {}
}
