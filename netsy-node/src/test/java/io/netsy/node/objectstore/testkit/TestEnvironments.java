package io.netsy.node.objectstore.testkit;

import io.netsy.node.objectstore.StoreEnvironment;
import io.netsy.node.wiring.objectstore.StoreEnvironments;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Environments of stores for tests. */
public final class TestEnvironments {

    private TestEnvironments() {}

    /** The real clocks; pauses take no time and are remembered in the list. */
    public static StoreEnvironment withoutPauses(List<Duration> pauses) {
        StoreEnvironment real = StoreEnvironments.system();
        return new StoreEnvironment(real.wallClock(), real.nanoTime(), real.random(), pauses::add);
    }

    public static StoreEnvironment withoutPauses() {
        return withoutPauses(new CopyOnWriteArrayList<>());
    }
}
