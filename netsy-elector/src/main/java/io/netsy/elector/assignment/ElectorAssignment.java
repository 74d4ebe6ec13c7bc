package io.netsy.elector.assignment;

/**
 * A source that says who holds the elector's role. It asks on a thread of its own from {@link #start} to {@link #close},
 * goes on when it fails, and recovers by itself. Safe for any thread.
 */
public interface ElectorAssignment extends AutoCloseable {
    /** Begins to ask. Returns at once; until the first answer {@link #current} is unknown. */
    void start();

    /** What is known now, never older than its trust. Does not block. */
    Assignment current();

    /**
     * Has the listener called after each change of what {@link #current} says, on a thread of the source; it asks for what
     * changed, and must not block. A change that only time makes, the end of trust, is told when the source is asked the
     * next time.
     */
    void onChange(Runnable listener);

    /** The source's name for messages, without secrets. */
    String describe();

    /** Ends the asking and forgets what was known. Gives nothing back: what this process held runs out by itself. */
    @Override
    void close();
}
