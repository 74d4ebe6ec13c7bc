package io.netsy.node.primary;

import io.netsy.etcd.port.CommitListener;
import io.netsy.node.clock.NodeClock;
import java.util.List;

/** What the sequencer works with. */
record PrimaryPorts(
        NodeClock clock,
        AppliedLog log,
        BucketWorker bucket,
        StandbyLinks standbys,
        List<CommitListener> listeners,
        TermListener termListener,
        CommitStages stages,
        PrimaryMeters meters) {
    PrimaryPorts {
        listeners = List.copyOf(listeners);
    }
}
