package io.netsy.node.role;

import io.netsy.elector.term.TermRegister;
import io.netsy.replication.codec.Frame;
import io.netsy.replication.core.ElectorMessage.AskTail;
import io.netsy.replication.core.ElectorMessage.Health;
import io.netsy.replication.core.ElectorMessage.Successor;
import io.netsy.replication.core.ElectorMessage.Tail;
import io.netsy.replication.model.LogPosition;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What a node does as its role changes. The role's thread calls it, one thing after the other; where it says so any thread may. */
public interface Roles {
    /** Follows nobody, promises the register's term durably, and begins to lead it as it says. */
    void lead(TermRegister register) throws InterruptedException;

    /** Opens streams to this node from now on. */
    void follow(String primary);

    /** Stops leading at once; returns when nothing of the term is answered any more and this node is a standby that follows nobody. */
    void endTerm(String reason) throws InterruptedException;

    /** Begins to finish what is under way, and to hand over to this node. */
    void handOver(Successor to);

    /** Has the standby's core answer a fence. */
    void fence(long ask, long term);

    /** Time has passed: looks after what may be wrong. */
    void look() throws InterruptedException;

    /** Whether a primary streams to this node. Any thread. */
    boolean isFollowing();

    /** A sign of life. Any thread. */
    Health health();

    /** Where what this node holds behind a tip ends; fails unless it is fenced in that term. Any thread. */
    CompletableFuture<Tail> tail(AskTail question);

    /** Flushed frames after a position. Any thread. */
    CompletableFuture<List<Frame>> framesAfter(LogPosition position);
}
