package io.netsy.elector.election;

import io.netsy.elector.term.TermRegister;
import io.netsy.elector.term.TermRegister.Voter;
import io.netsy.replication.core.ElectorMessage.Fenced;
import io.netsy.replication.core.ElectorMessage.Tail;
import io.netsy.replication.core.PeerMessage.Identity;
import io.netsy.replication.model.LogPosition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The nodes that promised one term, what they hold behind the bucket's tip, and the choice among them. */
final class FencedNodes {
    private final TermRegister claim;
    private final @Nullable Waiver waiver;
    private final Map<String, Fenced> fenced = new HashMap<>();
    private final Map<String, Tail> tails = new HashMap<>();

    /**
     * @param claim of the term, with rule and voters of the register that it replaced
     * @param waiver an operator's word that these are enough who were there for him; null in any other election
     */
    FencedNodes(TermRegister claim, @Nullable Waiver waiver) {
        this.claim = claim;
        this.waiver = waiver;
    }

    /** Whoever answered last under a name is that node; another disk or process has told no tail yet. */
    void add(Fenced answer) {
        Fenced before = fenced.put(answer.identity().nodeId(), answer);
        if (before != null
                && (!before.identity().equals(answer.identity())
                        || !before.process().equals(answer.process()))) {
            tails.remove(answer.identity().nodeId());
        }
    }

    /** Counts only from the disk that is fenced. */
    void add(Tail answer) {
        Fenced node = fenced.get(answer.identity().nodeId());
        if (node != null && node.identity().equals(answer.identity())) {
            tails.put(answer.identity().nodeId(), answer);
        }
    }

    boolean isFenced(String node) {
        return fenced.containsKey(node);
    }

    Collection<String> names() {
        return List.copyOf(fenced.keySet());
    }

    /** Whether enough promised; one that can be named among them. */
    boolean suffice() {
        return !fenced.isEmpty() && areEnough(fenced.values());
    }

    private boolean areEnough(Collection<Fenced> nodes) {
        return waiver == null
                ? FenceRule.isMet(claim, nodes.stream().map(FencedNodes::voter).toList())
                : nodes.stream()
                        .map(node -> node.identity().nodeId())
                        .collect(Collectors.toSet())
                        .containsAll(waiver.present());
    }

    /** Voters that did not promise. */
    List<String> missing() {
        return FenceRule.missing(
                claim, fenced.values().stream().map(FencedNodes::voter).toList());
    }

    boolean hasToldTail(String node, LogPosition tip) {
        Tail tail = tails.get(node);
        return tail != null && tail.tip().equals(tip);
    }

    /** Whether so many told what they hold behind this tip as the fence needs. */
    boolean toldEnough(LogPosition tip) {
        return claim.level().isCompleteInBucket()
                || areEnough(fenced.values().stream()
                        .filter(node -> hasToldTail(node.identity().nodeId(), tip))
                        .toList());
    }

    private static Voter voter(Fenced node) {
        return voter(node.identity());
    }

    private static Voter voter(Identity identity) {
        return new Voter(identity.nodeId(), identity.diskId());
    }

    /**
     * The end of the history to go on from: the chain, and at {@code quorum} the longest tail of a voter behind its tip. Where the
     * bucket alone is complete nobody's tail is needed, and none is waited for. By an operator's word everybody's tail counts: it is of
     * the one chain of its term, whoever holds it.
     *
     * @return empty when that does not hold what the register requires, unless an operator says that it may be lost
     */
    Optional<LogPosition> chooseEnd(LogPosition tip) {
        LogPosition end = claim.level().isCompleteInBucket()
                ? tip
                : PossibleLoss.end(
                        tip, tails.values().stream().filter(this::counts).toList());
        return waiver != null || reaches(tip, end, claim.requiredTip()) ? Optional.of(end) : Optional.empty();
    }

    private boolean counts(Tail tail) {
        return waiver != null || claim.voters().contains(voter(tail.identity()));
    }

    /** A later term that began in the bucket had it, or proved that nobody acknowledged it; in one term there is one chain. */
    private static boolean reaches(LogPosition tip, LogPosition end, @Nullable LogPosition required) {
        return required == null
                || tip.term() > required.term()
                || (end.term() == required.term() && end.index() >= required.index());
    }

    /**
     * Who is to be named, of those that may lead: a voter, then who was asked for, then who holds the history, then by
     * configuration's order. A disk that is no voter will do if there is no other: the fence is met by the others, and it must
     * fetch the history like anybody. An operator's word names one.
     *
     * @param wanted who was asked for, if anybody was
     */
    Optional<Fenced> pick(List<String> candidates, @Nullable String wanted, LogPosition tip, LogPosition end) {
        if (waiver != null) {
            return Optional.ofNullable(fenced.get(waiver.node()));
        }
        return candidates.stream()
                .flatMap(name -> Optional.ofNullable(fenced.get(name)).stream())
                .min(Comparator.comparing((Fenced node) -> !claim.voters().contains(voter(node)))
                        .thenComparing(node -> !node.identity().nodeId().equals(wanted))
                        .thenComparing(node -> !holds(node, tip, end)));
    }

    /**
     * The voters after one was named. Its disk takes the place of an older one of its name: the required tip has the next
     * election look for all that it may lack. The only voter is replaced, whoever it was.
     */
    List<Voter> votersWith(Fenced named) {
        Voter voter = voter(named.identity());
        if (claim.voters().contains(voter)) {
            return claim.voters();
        }
        List<Voter> voters = new ArrayList<>(FenceRule.isLeaseAlone(claim) ? List.of() : claim.voters());
        voters.removeIf(other -> other.nodeId().equals(voter.nodeId()));
        voters.add(voter);
        return voters;
    }

    private boolean holds(Fenced node, LogPosition tip, LogPosition end) {
        Tail tail = tails.get(node.identity().nodeId());
        return tip.equals(end)
                ? node.flushed().index() >= tip.index()
                : tail != null && tail.tip().equals(tip) && tail.end().equals(Optional.of(end));
    }
}
