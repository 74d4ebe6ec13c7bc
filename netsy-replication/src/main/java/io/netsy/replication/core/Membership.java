package io.netsy.replication.core;

import java.util.Set;

/**
 * The names of the nodes that are members, as the log says: what configuration and log propose. Whose word counts is for the term
 * register to say, which follows.
 *
 * @param voting those whose word is to count
 * @param learners those that only follow
 */
public record Membership(Set<String> voting, Set<String> learners) {
    public Membership {
        voting = Set.copyOf(voting);
        learners = Set.copyOf(learners);
    }

    /** Nodes that all vote. */
    public static Membership voting(Set<String> nodes) {
        return new Membership(nodes, Set.of());
    }

    /** Whether it may follow. */
    public boolean contains(String node) {
        return voting.contains(node) || learners.contains(node);
    }
}
