package io.netsy.node.replica;

import io.netsy.etcd.state.StoreState;
import io.netsy.replication.model.LogPosition;

/**
 * A replica that was opened, and what its file held.
 *
 * @param state the state after the last applied entry
 * @param position that entry's place in the log; the next entry to commit is the one after it
 */
public record OpenedReplica(Replica replica, StoreState state, LogPosition position) {}
