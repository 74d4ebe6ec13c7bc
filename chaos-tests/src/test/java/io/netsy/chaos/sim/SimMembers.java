package io.netsy.chaos.sim;

import io.netsy.replication.codec.Frame;
import io.netsy.replication.codec.FrameException;
import io.netsy.replication.core.Membership;
import io.netsy.replication.model.Entry;
import io.netsy.replication.model.LogPosition;
import io.netsy.replication.model.Member;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/** Who the members are: along any history by its entries, and along the one that is committed by index. */
final class SimMembers {
    private final List<String> nodes;
    private final Membership first;
    private final Set<LogPosition> changing = new HashSet<>();
    private final NavigableMap<Long, Membership> committed = new TreeMap<>();

    SimMembers(SimPlan plan) {
        this.nodes = plan.nodes();
        this.first = Membership.voting(Set.copyOf(plan.members()));
        committed.put(0L, first);
    }

    /** A change, once it is known what it is applied to; none when it makes no sense any more. */
    interface Change extends Function<Membership, Optional<Entry.MembershipChange>> {}

    private long id(String node) {
        return nodes.indexOf(node) + 1L;
    }

    Change put(String node, boolean learner) {
        return before -> before.voting().contains(node) && learner
                ? Optional.empty()
                : Optional.of(new Entry.MembershipChange(
                        List.of(new Member(id(node), node, List.of(), List.of(), learner)), List.of()));
    }

    /** One that may lead must stay. */
    Change remove(String node, List<String> candidates) {
        return before -> before.contains(node)
                        && before.voting().stream().anyMatch(other -> !other.equals(node) && candidates.contains(other))
                ? Optional.of(new Entry.MembershipChange(List.of(), List.of(id(node))))
                : Optional.empty();
    }

    Membership after(Membership before, Entry.MembershipChange change) {
        Set<String> voting = new HashSet<>(before.voting());
        Set<String> learners = new HashSet<>(before.learners());
        for (long id : change.removed()) {
            voting.remove(nodes.get((int) id - 1));
            learners.remove(nodes.get((int) id - 1));
        }
        for (Member member : change.put()) {
            (member.learner() ? voting : learners).remove(member.name());
            (member.learner() ? learners : voting).add(member.name());
        }
        return new Membership(voting, learners);
    }

    /** This frame holds a change. */
    void sequenced(Frame frame) {
        changing.add(frame.end());
    }

    /** The members after these frames, which follow each other from the beginning of the log. */
    Membership along(List<Frame> frames) {
        Membership members = first;
        for (Frame frame : frames) {
            members = after(members, frame);
        }
        return members;
    }

    Membership after(Membership before, Frame frame) {
        Membership members = before;
        if (changing.contains(frame.end())) {
            try {
                for (Entry entry : frame.entries()) {
                    if (entry instanceof Entry.MembershipChange change) {
                        members = after(members, change);
                    }
                }
            } catch (FrameException e) {
                throw new InvariantBroken("unreadable: " + e.getMessage());
            }
        }
        return members;
    }

    /** Declared committed up to an index. */
    void committed(long index, Membership members) {
        if (!committed.floorEntry(index).getValue().equals(members)) {
            committed.put(index, members);
        }
    }

    /** What a node knows that has applied so much. */
    Membership knownAt(long index) {
        return committed.floorEntry(index).getValue();
    }
}
