package io.netsy.etcd.watch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** A timer whose time a test moves. */
final class ManualTimer implements WatchTimer {
    private final List<Task> tasks = new ArrayList<>();
    private long nowNanos;

    private record Task(long atNanos, Runnable action) {}

    @Override
    public Timeout schedule(Duration delay, Runnable action) {
        Task task = new Task(nowNanos + delay.toNanos(), action);
        tasks.add(task);
        return () -> tasks.remove(task);
    }

    /** How many tasks wait. */
    int size() {
        return tasks.size();
    }

    /** Lets time pass, and runs what falls due on the way. */
    void advance(Duration duration) {
        long end = nowNanos + duration.toNanos();
        for (Optional<Task> next = nextUntil(end); next.isPresent(); next = nextUntil(end)) {
            tasks.remove(next.get());
            nowNanos = next.get().atNanos;
            next.get().action.run();
        }
        nowNanos = end;
    }

    private Optional<Task> nextUntil(long end) {
        return tasks.stream().filter(task -> task.atNanos <= end).min(Comparator.comparingLong(Task::atNanos));
    }
}
