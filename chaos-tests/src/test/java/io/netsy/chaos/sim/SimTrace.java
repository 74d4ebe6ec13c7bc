package io.netsy.chaos.sim;

import org.jspecify.annotations.Nullable;

/** The last things that happened; turned into text only when somebody reads them. */
final class SimTrace {
    private static final int KEPT = Integer.getInteger("sim.trace", 160);

    private final SimScheduler scheduler;
    private final @Nullable Line[] lines = new @Nullable Line[KEPT];
    private int next;

    private record Line(long atNanos, String who, Object what) {
        @Override
        public String toString() {
            return "%11.3f ms  %-8s %s".formatted(atNanos / 1e6, who, what);
        }
    }

    SimTrace(SimScheduler scheduler) {
        this.scheduler = scheduler;
    }

    void add(String who, Object what) {
        lines[next] = new Line(scheduler.now(), who, what);
        next = (next + 1) % KEPT;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < KEPT; i++) {
            Line line = lines[(next + i) % KEPT];
            if (line != null) {
                text.append(line).append('\n');
            }
        }
        return text.toString();
    }
}
