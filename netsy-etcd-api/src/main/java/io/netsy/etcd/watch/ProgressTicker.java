package io.netsy.etcd.watch;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** Calls for progress reports stream by stream, as long as a stream is open. The dispatcher owns it. */
final class ProgressTicker {
    private static final double MOST_JITTER = 0.1;

    private final WatchRuntime runtime;
    private final Duration interval;
    private final Executor dispatcher;
    private final Consumer<WatchStream> report;

    ProgressTicker(WatchRuntime runtime, Duration interval, Executor dispatcher, Consumer<WatchStream> report) {
        this.runtime = runtime;
        this.interval = interval;
        this.dispatcher = dispatcher;
        this.report = report;
    }

    /** Starts the stream's ticks unless they run already. */
    void start(WatchStream stream) {
        if (stream.progressTimeout == null) {
            scheduleNext(stream);
        }
    }

    void stop(WatchStream stream) {
        if (stream.progressTimeout != null) {
            stream.progressTimeout.cancel();
            stream.progressTimeout = null;
        }
    }

    private void scheduleNext(WatchStream stream) {
        long jitterNanos =
                (long) (interval.toNanos() * MOST_JITTER * runtime.random().nextDouble());
        stream.progressTimeout =
                runtime.timer().schedule(interval.plusNanos(jitterNanos), () -> dispatcher.execute(() -> tick(stream)));
    }

    private void tick(WatchStream stream) {
        if (!stream.closed) {
            report.accept(stream);
            scheduleNext(stream);
        }
    }
}
