package io.netsy.elector.assignment.testkit;

import io.netsy.elector.assignment.AssignmentEnvironment;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/** The environment of sources in tests. */
public final class TestEnvironment {
    private TestEnvironment() {}

    /** The machine's own clocks. */
    public static AssignmentEnvironment real() {
        return new AssignmentEnvironment(System::nanoTime, InstantSource.system(), RandomGenerator.getDefault());
    }
}
