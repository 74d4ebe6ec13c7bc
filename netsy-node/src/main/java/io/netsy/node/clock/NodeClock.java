package io.netsy.node.clock;

import io.netsy.replication.model.Moment;
import java.util.UUID;

/** Time and fresh ids, injected wherever they are needed. Safe for any thread. */
public interface NodeClock {
    /** Both clocks, read together. */
    Moment now();

    /** A random id. */
    UUID newId();
}
