package io.netsy.elector.election;

import io.netsy.elector.term.TermRegister.Voter;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What governs an elector. None of it is needed for safety: level, rule, voters and the lease to wait for are the register's.
 *
 * @param name for people, and for the register
 * @param nodes all nodes of the cluster, in the order in which they are asked
 * @param candidates who may be made primary, the preferred first; the others only vouch
 * @param lease the lease that a primary named from now on gets
 * @param heartbeat how often nodes are asked for a sign of life
 * @param failAfter a node that was silent for so long is missing; one that was named has as long to begin
 * @param resumeAfter an election that another elector began is taken over when so long nothing came of it
 * @param retry how often what was not answered is asked again
 */
public record ElectorSettings(
        String name,
        List<String> nodes,
        List<String> candidates,
        Duration lease,
        Duration heartbeat,
        Duration failAfter,
        Duration resumeAfter,
        Duration retry) {
    /** The members, and voters that are none any more. */
    Set<String> nodesWith(List<Voter> voters) {
        Set<String> all = new LinkedHashSet<>(nodes);
        voters.forEach(voter -> all.add(voter.nodeId()));
        return all;
    }

    /** The same for other members. */
    ElectorSettings with(List<String> newNodes, List<String> newCandidates) {
        return new ElectorSettings(name, newNodes, newCandidates, lease, heartbeat, failAfter, resumeAfter, retry);
    }

    public ElectorSettings {
        nodes = List.copyOf(nodes);
        candidates = List.copyOf(candidates);
        if (candidates.isEmpty() || !nodes.containsAll(candidates)) {
            throw new IllegalArgumentException("candidates %s; there must be one, and only nodes of the cluster (%s)"
                    .formatted(candidates, nodes));
        }
        if (!heartbeat.isPositive() || heartbeat.multipliedBy(2).compareTo(failAfter) > 0) {
            throw new IllegalArgumentException("a node is missing after %s; that must be two heartbeats of %s at least"
                    .formatted(failAfter, heartbeat));
        }
    }
}
