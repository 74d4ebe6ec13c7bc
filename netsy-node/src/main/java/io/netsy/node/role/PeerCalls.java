package io.netsy.node.role;

import io.netsy.replication.codec.Frame;
import io.netsy.replication.core.ElectorMessage.Health;
import io.netsy.replication.model.LogPosition;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What a node asks of the other nodes of its cluster. Each fails when the other can't be reached within the time-out of the transport. */
public interface PeerCalls {
    /** A sign of life. */
    CompletableFuture<Health> health(String node);

    /** Frames that the other node holds flushed after this position. */
    CompletableFuture<List<Frame>> framesAfter(String node, LogPosition position);
}
