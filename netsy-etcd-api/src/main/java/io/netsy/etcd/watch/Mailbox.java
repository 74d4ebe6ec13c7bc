package io.netsy.etcd.watch;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Runs tasks one at a time, in the order they were given, on a thread of the executor behind it, or on one that asks to
 * run its own. Safe for any thread; {@link #execute} never waits.
 */
final class Mailbox implements Executor {
    private final Executor executor;
    private final Consumer<Throwable> onFailure;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();

    /** {@code onFailure} is told, in the same order, of a task that threw. */
    Mailbox(Executor executor, Consumer<Throwable> onFailure) {
        this.executor = executor;
        this.onFailure = onFailure;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        if (waiting.getAndIncrement() == 0) {
            executor.execute(this::drain);
        }
    }

    /** Runs the task on this thread before it returns, if nothing else is to be run; answers whether it did. */
    boolean tryRun(Runnable task) {
        if (!waiting.compareAndSet(0, 1)) {
            return false;
        }
        run(task);
        if (waiting.decrementAndGet() != 0) {
            executor.execute(this::drain);
        }
        return true;
    }

    private void drain() {
        do {
            run(tasks.remove());
        } while (waiting.decrementAndGet() != 0);
    }

    private void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error failure) {
            onFailure.accept(failure);
        }
    }
}
