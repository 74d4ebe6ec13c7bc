package io.netsy.node.role;

import io.netsy.replication.codec.Frame;
import io.netsy.replication.model.LogPosition;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What a node asks of the other nodes of its cluster. */
public interface PeerCalls {
    /** Asks another node of the cluster; fails when it can't be reached within the time-out of the transport. */
    CompletableFuture<List<Frame>> framesAfter(String node, LogPosition position);
}
