package io.netsy.elector.assignment;

import java.util.UUID;

/**
 * Who asks: a node, and the random id of this start of its process, so that nobody takes what an earlier process of the same
 * name holds for his own.
 */
public record ElectorIdentity(String node, UUID process) {
    public ElectorIdentity {
        if (node.isBlank() || node.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("'%s' is no name of a node".formatted(node));
        }
    }
}
