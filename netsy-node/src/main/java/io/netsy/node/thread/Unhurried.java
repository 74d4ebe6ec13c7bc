package io.netsy.node.thread;

/** Threads for work that takes the processor and that no client waits for: when there is too little of it, commits come first. */
public final class Unhurried {
    private Unhurried() {}

    /**
     * A daemon thread of the lowest priority, of this name. Nothing may rely on the priority: where the launcher's
     * {@code ThreadPriorityPolicy} or the system does not honour it, the work is done as any other.
     */
    @SuppressWarnings("ThreadPriorityCheck") // it makes latencies even, and is needed for nothing else
    public static Thread.Builder.OfPlatform named(String name) {
        return Thread.ofPlatform().name(name).daemon().priority(Thread.MIN_PRIORITY);
    }
}
