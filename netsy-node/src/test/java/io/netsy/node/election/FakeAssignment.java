package io.netsy.node.election;

import io.netsy.elector.assignment.Assignment;
import io.netsy.elector.assignment.ElectorAssignment;

/** A source that says what a test says. */
final class FakeAssignment implements ElectorAssignment {
    private volatile Assignment current = new Assignment.Vacant();
    private volatile Runnable listener = () -> {};

    /** The process is the elector, or no more, and is told. */
    void say(boolean isSelf) {
        sayQuietly(isSelf);
        listener.run();
    }

    /** The same, as time does it: nobody is told. */
    void sayQuietly(boolean isSelf) {
        current = isSelf ? new Assignment.Held("self", true, 1, Assignment.FOREVER) : new Assignment.Vacant();
    }

    @Override
    public void start() {}

    @Override
    public Assignment current() {
        return current;
    }

    @Override
    public void onChange(Runnable newListener) {
        listener = newListener;
    }

    @Override
    public String describe() {
        return "a test";
    }

    @Override
    public void close() {}
}
