package io.netsy.node.primary;

import io.netsy.replication.core.StandbyView;
import io.netsy.replication.core.SyncRule;
import java.util.List;

/**
 * How replication stands on a primary, a moment ago.
 *
 * @param rule what commits wait for, as the register has it
 * @param unarchivedBytes frames that are not on their way to the bucket
 * @param readAtNanos when this was, on the boot clock
 */
public record ReplicationView(SyncRule rule, long unarchivedBytes, List<StandbyView> standbys, long readAtNanos) {
    public ReplicationView {
        standbys = List.copyOf(standbys);
    }
}
