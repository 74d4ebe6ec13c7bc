package io.netsy.node.wiring;

import io.netsy.etcd.port.RevisionStore;
import io.netsy.node.primary.AppliedLog;
import io.netsy.node.replica.Replica;
import io.netsy.replication.model.Entry;
import io.netsy.replication.model.LogPosition;
import java.util.List;

/** The replica as the sequencer sees it. */
record ReplicaLog(Replica replica) implements AppliedLog {
    @Override
    public void stage(Entry entry) {
        replica.stage(entry);
    }

    @Override
    public void discardStaged() {
        replica.discardStaged();
    }

    @Override
    public void commit(LogPosition end, List<Entry> entries) {
        replica.commit(end, entries);
    }

    @Override
    public long backlogBytes() {
        return replica.backlogBytes();
    }

    @Override
    public RevisionStore revisions() {
        return replica;
    }
}
