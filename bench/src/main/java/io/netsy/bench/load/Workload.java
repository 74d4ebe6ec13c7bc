package io.netsy.bench.load;

import io.netsy.bench.stats.ErrorCounts;
import java.io.IOException;

/** A kind of load: what each client does, what must be there before, and what must hold afterwards. */
public interface Workload {
    /** The work of one client; called once for each, before the load begins. */
    Work workOf(Slot slot);

    /**
     * Makes sure that the keys exist which the operations need.
     *
     * @throws IOException when the server does not let it
     */
    default void prepare(Session session) throws IOException, InterruptedException {}

    /** Reads back what was acknowledged and counts what is not there as broken promises. */
    default void verify(Session session, ErrorCounts broken) throws IOException {}
}
