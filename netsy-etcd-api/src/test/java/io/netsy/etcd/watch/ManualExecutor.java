package io.netsy.etcd.watch;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;

/** Keeps tasks until a test runs them, one by one. */
final class ManualExecutor implements Executor {
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private boolean immediate;

    /** From here on tasks run at once, on the caller's thread. */
    ManualExecutor immediate() {
        immediate = true;
        runAll();
        return this;
    }

    /** From here on tasks are kept. */
    void hold() {
        immediate = false;
    }

    @Override
    public void execute(Runnable task) {
        if (immediate) {
            task.run();
        } else {
            tasks.addLast(task);
        }
    }

    int size() {
        return tasks.size();
    }

    /** Runs the oldest task; answers false when there is none. */
    boolean runOne() {
        Runnable task = tasks.pollFirst();
        if (task == null) {
            return false;
        }
        task.run();
        return true;
    }

    void runAll() {
        while (runOne()) {}
    }
}
