package io.netsy.node.election;

import io.netsy.replication.core.ElectorMessage.FromElector;
import io.netsy.replication.wire.PeerAnswer.Said;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** How an elector reaches the nodes. Safe for any thread. */
public interface NodeCalls {
    /**
     * Says something to a node, once; fails when no answer came in time.
     *
     * @param node of the cluster
     */
    CompletableFuture<Said> ask(String node, FromElector word, Duration patience);
}
