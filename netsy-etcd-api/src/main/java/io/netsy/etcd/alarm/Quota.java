package io.netsy.etcd.alarm;

import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.port.Ports;
import io.netsy.etcd.state.Alarm;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The limit of the replica's size: whoever would reach it is refused, and raises NOSPACE for everybody (etcd semantics,
 * sections 2 and 15). Safe for any thread.
 */
public final class Quota {
    private static final Logger LOG = LoggerFactory.getLogger(Quota.class);

    private final Ports ports;

    public Quota(Ports ports) {
        this.ports = ports;
    }

    /** Whether so many more bytes leave the store below its quota; 0 always does. */
    public boolean allows(long costBytes) {
        return costBytes == 0
                || ports.maintenance().sizeBytes() + costBytes
                        < ports.maintenance().quotaBytes();
    }

    /** Raises the alarm if it does not stand yet; then fails with "database space exceeded", raised or not. */
    public <R> CompletableFuture<R> refuse() {
        Alarm alarm = new Alarm(Alarm.NOSPACE, ports.cluster().memberId());
        if (ports.states().committed().state().alarms().contains(alarm)) {
            return CompletableFuture.failedFuture(EtcdError.NO_SPACE.exception());
        }
        LOG.warn(
                "event=quota_exceeded size_bytes={} quota_bytes={}",
                ports.maintenance().sizeBytes(),
                ports.maintenance().quotaBytes());
        return ports.proposer().propose(Alarms.raise(alarm)).handle((raised, failure) -> {
            throw EtcdError.NO_SPACE.exception();
        });
    }
}
