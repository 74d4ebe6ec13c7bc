package io.netsy.replication.wire;

import io.netsy.replication.core.ElectorMessage.FromElector;
import io.netsy.replication.model.LogPosition;
import java.util.UUID;

/** What a node is asked in a call of its own, outside of any stream. */
public sealed interface PeerQuestion {
    /** An elector's word; answered by {@link PeerAnswer.Said}. */
    record Word(FromElector word) implements PeerQuestion {}

    /** Frames after this position, for a primary that was picked; answered by {@link PeerAnswer.Frames}. */
    record FramesAfter(LogPosition position) implements PeerQuestion {}

    /**
     * A question on its way.
     *
     * @param clusterId of who asks; a node of another cluster refuses
     * @param to the name of the node that is meant; one of another name refuses, for its address is configured wrongly
     */
    record Addressed(UUID clusterId, String to, PeerQuestion question) {}
}
