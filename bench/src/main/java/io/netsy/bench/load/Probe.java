package io.netsy.bench.load;

import io.netsy.bench.metrics.StoreMetrics;
import io.netsy.bench.metrics.StoreRequests;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Looks at counters of the world around a load, right before and right after it. For one load at a time. */
public interface Probe {
    /** Counts nothing. */
    Probe NONE = new Probe() {
        @Override
        public void begin() {}

        @Override
        public StoreRequests end() {
            return StoreRequests.NONE;
        }
    };

    void begin() throws IOException, InterruptedException;

    /** The requests to the object store since {@link #begin}. */
    StoreRequests end() throws IOException, InterruptedException;

    /** Reads the counter on a server's page of metrics; nothing when there is no page. */
    static Probe of(@Nullable StoreMetrics metrics) {
        if (metrics == null) {
            return NONE;
        }
        return new Probe() {
            private StoreRequests before = StoreRequests.NONE;

            @Override
            public void begin() throws IOException, InterruptedException {
                before = metrics.read();
            }

            @Override
            public StoreRequests end() throws IOException, InterruptedException {
                return metrics.read().since(before);
            }
        };
    }
}
