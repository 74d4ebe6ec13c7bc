package io.netsy.node.objectstore.testkit;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** What goes wrong with one call to a store; several in a row are applied in their order, until one ends the call. */
public sealed interface Fault {

    /** The call takes so much longer. */
    record Latency(Duration duration) implements Fault {}

    /** Nothing was done, and the caller does not learn it. */
    record TimeoutBeforeEffect() implements Fault {}

    /** All was done, and the caller does not learn it. */
    record TimeoutAfterSuccess() implements Fault {}

    /** The connection breaks, at random before or after the call took effect. */
    record Reset() implements Fault {}

    /** Nothing was done; the store asked for fewer requests. */
    record SlowDown503() implements Fault {}

    /** The call stands still until the latch is released, and then goes on. */
    record Hang(CountDownLatch release) implements Fault {}
}
