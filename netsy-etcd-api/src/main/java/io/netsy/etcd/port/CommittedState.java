package io.netsy.etcd.port;

import io.netsy.etcd.state.StoreState;

/**
 * The newest committed state and where in the log it stands.
 *
 * @param index the log index of the last entry in it; etcd's raft_index
 * @param term the term of the serving primary; etcd's raft_term, at least 1
 */
public record CommittedState(StoreState state, long index, long term) {}
