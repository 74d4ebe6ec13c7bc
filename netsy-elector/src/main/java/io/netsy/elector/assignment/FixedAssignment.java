package io.netsy.elector.assignment;

/** The role as the configuration says, for ever: {@code elector.assignment: static}. Safe for any thread. */
public final class FixedAssignment implements ElectorAssignment {
    private final Assignment assignment;

    /**
     * @param elector the node that is the elector
     * @param self this node
     * @throws IllegalArgumentException when the elector has no name
     */
    public FixedAssignment(String elector, String self) {
        this.assignment = new Assignment.Held(elector, elector.equals(self), 0, Assignment.FOREVER);
    }

    @Override
    public void start() {}

    @Override
    public Assignment current() {
        return assignment;
    }

    @Override
    public void onChange(Runnable listener) {}

    @Override
    public String describe() {
        return "configuration";
    }

    @Override
    public void close() {}
}
