package io.netsy.replication.model;

import java.util.List;

/**
 * A member of the cluster, as the log says.
 *
 * @param id non-zero, given to no other member ever
 * @param name of the node that it is; empty while that was never started
 * @param peerUrls where other nodes reach it
 * @param clientUrls where clients reach it; empty while it was never started
 * @param learner whether it only follows: its word counts nowhere, and it is never primary
 */
public record Member(long id, String name, List<String> peerUrls, List<String> clientUrls, boolean learner) {
    public Member {
        peerUrls = List.copyOf(peerUrls);
        clientUrls = List.copyOf(clientUrls);
        if (id == 0) {
            throw new IllegalArgumentException("member '%s' has no id".formatted(name));
        }
    }

    /** The same, with its word counting. */
    public Member promoted() {
        return new Member(id, name, peerUrls, clientUrls, false);
    }

    /** The same, reached by other nodes elsewhere. */
    public Member reachedAt(List<String> newPeerUrls) {
        return new Member(id, name, newPeerUrls, clientUrls, learner);
    }

    /** The same, started as this node. */
    public Member startedAs(String newName, List<String> newClientUrls) {
        return new Member(id, newName, peerUrls, newClientUrls, learner);
    }

    /** Whether a node with this name runs as it, or ran. */
    public boolean isStarted() {
        return !name.isEmpty();
    }
}
