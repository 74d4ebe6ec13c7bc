package io.netsy.node.election;

import io.netsy.elector.election.FenceRule;
import io.netsy.elector.election.PossibleLoss;
import io.netsy.elector.term.TermRegister;
import io.netsy.elector.term.TermRegister.Forced;
import io.netsy.elector.term.TermRegister.State;
import io.netsy.elector.term.TermRegister.Voter;
import io.netsy.replication.core.ElectorMessage.Health;
import io.netsy.replication.core.ElectorMessage.Tail;
import io.netsy.replication.model.LogPosition;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What is there when an operator thinks of giving nodes up: the register, the end of the log in the bucket, and what each node says.
 * To find it out changed nothing.
 *
 * @param tip the end of the chain in the bucket
 */
public record Survey(TermRegister register, LogPosition tip, List<Seen> nodes) {
    public Survey {
        nodes = List.copyOf(nodes);
    }

    /**
     * One node.
     *
     * @param health empty when it gave no sign of life
     * @param tail what it holds behind the bucket's tip; empty when it did not say
     */
    public record Seen(String node, Optional<Health> health, Optional<Tail> tail) {
        boolean isThere() {
            return health.isPresent();
        }
    }

    /** The names of the nodes that are there. */
    public Set<String> present() {
        return nodes.stream().filter(Seen::isThere).map(Seen::node).collect(Collectors.toSet());
    }

    private List<Voter> disks() {
        return nodes.stream()
                .flatMap(seen -> seen.health().stream())
                .map(health ->
                        new Voter(health.identity().nodeId(), health.identity().diskId()))
                .toList();
    }

    /** The end of what those who are there and the bucket hold: what was acknowledged behind it may be lost. */
    public LogPosition end() {
        return register.level().isCompleteInBucket()
                ? tip
                : PossibleLoss.end(
                        tip,
                        nodes.stream().flatMap(seen -> seen.tail().stream()).toList());
    }

    /** Why this node can't be made primary by force, or need not be; empty when it can. */
    public Optional<String> refusal(String node) {
        if (!present().contains(node)) {
            return Optional.of("'%s' does not answer; it must be there to be primary".formatted(node));
        }
        if (!PossibleLoss.isNeeded(register, disks(), end())) {
            return Optional.of("enough voters are there: an election loses nothing, and needs nothing but an elector");
        }
        for (Seen seen : nodes) {
            Health health = seen.health().orElse(null);
            if (health != null && isContent(health)) {
                return Optional.of("'%s' is %s in term %d: there is a primary"
                        .formatted(seen.node(), say(health.occupation()), health.term()));
            }
        }
        for (Seen seen : nodes) {
            if (seen.isThere() && seen.tail().isEmpty() && !register.level().isCompleteInBucket()) {
                return Optional.of("'%s' does not say what it holds; ask again".formatted(seen.node()));
            }
        }
        return Optional.empty();
    }

    private boolean isContent(Health health) {
        boolean ofThisTerm = register.state() == State.ASSIGNED && health.term() == register.term();
        return ofThisTerm
                && switch (health.occupation()) {
                    case FOLLOWING, OPENING, SERVING -> true;
                    case IDLE, UNABLE -> false;
                };
    }

    /** For people: what was found, one thing to a line, and last what may be lost. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("term register: term %d, %s, primary '%s'"
                .formatted(register.term(), say(register.state()), register.primary()));
        lines.add("in force: %s, standbys %s, voters %s"
                .formatted(
                        register.level().configName(),
                        register.standbys(),
                        register.voters().stream().map(Voter::nodeId).toList()));
        Forced before = register.forced();
        if (before != null) {
            lines.add("forced before: term %d after index %d, by %s at %s"
                    .formatted(before.term(), before.after().index(), before.by(), before.at()));
        }
        lines.add("the log in the bucket ends at index %d of term %d".formatted(tip.index(), tip.term()));
        nodes.forEach(seen -> lines.add(line(seen)));
        lines.add("an election needs the promise of %s; there are %s"
                .formatted(
                        FenceRule.describe(register),
                        present().stream().sorted().toList()));
        lines.add("what may be lost: " + PossibleLoss.describe(register, disks(), end()));
        return lines;
    }

    private String line(Seen seen) {
        Health health = seen.health().orElse(null);
        boolean isNamed =
                register.voters().stream().anyMatch(voter -> voter.nodeId().equals(seen.node()));
        if (health == null) {
            return "%s: does not answer, %s".formatted(seen.node(), isNamed ? "a voter" : "no voter");
        }
        boolean isVoter = register.voters()
                .contains(new Voter(seen.node(), health.identity().diskId()));
        return "%s: %s, %s, %s"
                .formatted(
                        seen.node(),
                        say(health.occupation()),
                        isVoter ? "a voter" : isNamed ? "no voter: its disk is another one" : "no voter",
                        holds(seen));
    }

    private String holds(Seen seen) {
        return seen.tail()
                .flatMap(Tail::end)
                .filter(end -> end.index() > tip.index())
                .map(end -> "holds the log up to index %d of term %d".formatted(end.index(), end.term()))
                .orElse("holds nothing behind the bucket's end");
    }

    private static String say(Enum<?> word) {
        return word.name().toLowerCase(Locale.ROOT);
    }
}
