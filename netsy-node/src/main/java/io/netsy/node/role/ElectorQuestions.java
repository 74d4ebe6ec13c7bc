package io.netsy.node.role;

import io.netsy.replication.codec.Frame;
import io.netsy.replication.core.ElectorMessage;
import io.netsy.replication.model.LogPosition;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A node as electors and other nodes ask it. Safe for any thread; answers may come on any thread. */
public interface ElectorQuestions {
    /**
     * Answers an elector's word: a Ping and a HandOver by Health, a Fence by Fenced (not before the promise is durable), an
     * AskTail by Tail. Completes exceptionally (or never, the caller has a time-out) when there is nothing to say.
     */
    CompletableFuture<ElectorMessage.FromNode> ask(ElectorMessage.FromElector message);

    /**
     * Frames that this node holds flushed in its write-ahead file after this position (which it must hold), at most about 1 MiB;
     * for a primary that was picked (TailFetch). Empty when it does not hold the position.
     */
    CompletableFuture<List<Frame>> framesAfter(LogPosition position);
}
