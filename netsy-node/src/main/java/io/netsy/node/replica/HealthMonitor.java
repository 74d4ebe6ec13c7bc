package io.netsy.node.replica;

import java.nio.file.Path;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The health of one replica: logs and tells of every change, and never leaves {@link ReplicaHealth.Failed}. */
final class HealthMonitor {
    private static final Logger LOG = LoggerFactory.getLogger(HealthMonitor.class);

    private final Path file;
    private final Consumer<ReplicaHealth> listener;
    private volatile ReplicaHealth health = new ReplicaHealth.Healthy();

    HealthMonitor(Path file, Consumer<ReplicaHealth> listener) {
        this.file = file;
        this.listener = listener;
    }

    ReplicaHealth health() {
        return health;
    }

    boolean isFailed() {
        return health instanceof ReplicaHealth.Failed;
    }

    void healthy() {
        if (health instanceof ReplicaHealth.Stalled stalled) {
            LOG.info("replica applies again file={} was=\"{}\"", file, stalled.reason());
            become(new ReplicaHealth.Healthy());
        }
    }

    void stalled(String reason) {
        if (health instanceof ReplicaHealth.Healthy) {
            LOG.warn("replica can't write, entries wait in memory file={} reason=\"{}\"", file, reason);
            become(new ReplicaHealth.Stalled(reason));
        }
    }

    void failed(String reason) {
        if (!isFailed()) {
            LOG.error("replica has to be built anew from the bucket file={} reason=\"{}\"", file, reason);
            become(new ReplicaHealth.Failed(reason));
        }
    }

    private synchronized void become(ReplicaHealth next) {
        if (!isFailed() && !health.equals(next)) {
            health = next;
            listener.accept(next);
        }
    }
}
