package io.netsy.replication.wire;

import io.netsy.replication.codec.Frame;
import io.netsy.replication.core.ElectorMessage.FromNode;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** What a node answers to a {@link PeerQuestion}. */
public sealed interface PeerAnswer {
    /** The answer to an elector's word, and what an operator asked this node to hand on to whoever is the elector. */
    record Said(FromNode word, Optional<Wish> wish) implements PeerAnswer {}

    /** Consecutive frames, as many as fit; none when the node does not hold the position. */
    record Frames(UUID clusterId, String from, List<Frame> frames) implements PeerAnswer {
        public Frames {
            frames = List.copyOf(frames);
        }
    }

    /**
     * An operator wants another node to be primary.
     *
     * @param id of the request: electors take it up once, however often they hear of it
     */
    record Wish(UUID id, String node) {}
}
