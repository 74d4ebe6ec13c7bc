package io.netsy.etcd.cluster;

import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.port.Evaluation;
import io.netsy.etcd.port.MemberHealth;
import io.netsy.etcd.port.Proposal;
import io.netsy.etcd.state.MemberState;
import io.netsy.etcd.state.StoreState;
import io.netsy.replication.model.Entry;
import io.netsy.replication.model.Member;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * Changes of members, judged as etcd judges them with its strict check of reconfigurations, which is on by default
 * (server.go: mayAddMember, mayRemoveMember, mayPromoteMember; cluster.go: IsReadyTo…).
 */
final class MemberChanges {
    private static final int MAX_LEARNERS = 1;

    private final MemberHealth health;

    MemberChanges(MemberHealth health) {
        this.health = health;
    }

    /** Answers with the new member's id. */
    Proposal<Long> add(Set<String> peerUrls, boolean learner) {
        return (tip, _) -> {
            MemberState members = known(tip);
            if (!learner) {
                if (!mendsAClusterOfOne(voting(members))) {
                    requireStarted(voting(members), 0);
                }
                if (!voting(members).stream().allMatch(member -> health.isConnected(member.name()))) {
                    throw EtcdError.UNHEALTHY.exception();
                }
            }
            requireFree(members, peerUrls, 0);
            if (learner
                    && members.members().values().stream()
                                    .filter(Member::learner)
                                    .count()
                            >= MAX_LEARNERS) {
                throw EtcdError.TOO_MANY_LEARNERS.exception();
            }
            long id = freshId(members);
            return put(tip, new Member(id, "", peerUrls.stream().sorted().toList(), List.of(), learner));
        };
    }

    private long freshId(MemberState members) {
        long id = health.newId();
        if (members.members().containsKey(id) || members.removed().contains(id)) {
            throw EtcdError.MEMBER_EXISTS.exception();
        }
        return id;
    }

    /** A dead voter may go at any time; one that lives only if enough of the others do. */
    Proposal<Long> remove(long id) {
        return (tip, _) -> {
            MemberState members = known(tip);
            Member member = member(members, id);
            List<Member> voting = voting(members);
            if (!member.learner()) {
                List<Member> rest =
                        voting.stream().filter(other -> other.id() != id).toList();
                if (rest.isEmpty()) {
                    throw EtcdError.NOT_ENOUGH_STARTED_MEMBERS.exception();
                }
                requireStarted(rest, 0);
                long connected = voting.stream()
                        .filter(other -> health.isConnected(other.name()))
                        .count();
                if (health.isConnected(member.name()) && connected - 1 < 1 + (voting.size() - 1) / 2) {
                    throw EtcdError.UNHEALTHY.exception();
                }
            }
            return Evaluation.effect(tip, new Entry.MembershipChange(List.of(), List.of(id)), id);
        };
    }

    Proposal<Long> update(long id, Set<String> peerUrls) {
        return (tip, _) -> {
            MemberState members = known(tip);
            Member member = member(members, id);
            requireFree(members, peerUrls, id);
            return put(tip, member.reachedAt(peerUrls.stream().sorted().toList()));
        };
    }

    Proposal<Long> promote(long id) {
        return (tip, _) -> {
            MemberState members = known(tip);
            Member member = member(members, id);
            if (!member.learner()) {
                throw EtcdError.MEMBER_NOT_LEARNER.exception();
            }
            if (!member.isStarted() || !health.isInSync(member.name())) {
                throw EtcdError.LEARNER_NOT_READY.exception();
            }
            requireStarted(voting(members), 1);
            return put(tip, member.promoted());
        };
    }

    private static Evaluation<Long> put(StoreState tip, Member member) {
        return Evaluation.effect(tip, new Entry.MembershipChange(List.of(member), List.of()), member.id());
    }

    /** The members; the first primary of a cluster has not written them down for a moment. */
    private static MemberState known(StoreState tip) {
        if (tip.members().isEmpty()) {
            throw EtcdError.UNHEALTHY.exception();
        }
        return tip.members();
    }

    private static Member member(MemberState members, long id) {
        Member member = members.members().get(id);
        if (member == null) {
            throw EtcdError.MEMBER_NOT_FOUND.exception();
        }
        return member;
    }

    private static List<Member> voting(MemberState members) {
        return members.members().values().stream()
                .filter(member -> !member.learner())
                .toList();
    }

    private static boolean mendsAClusterOfOne(List<Member> voting) {
        return voting.size() == 2 && voting.stream().filter(Member::isStarted).count() == 1;
    }

    /**
     * Most of them must have been started.
     *
     * @param more others that count as started
     */
    private static void requireStarted(List<Member> voting, int more) {
        if (voting.stream().filter(Member::isStarted).count() + more < voting.size() / 2 + 1) {
            throw EtcdError.NOT_ENOUGH_STARTED_MEMBERS.exception();
        }
    }

    private static void requireFree(MemberState members, Collection<String> peerUrls, long except) {
        boolean taken = members.members().values().stream()
                .filter(member -> member.id() != except)
                .flatMap(member -> member.peerUrls().stream())
                .anyMatch(peerUrls::contains);
        if (taken) {
            throw EtcdError.PEER_URLS_EXIST.exception();
        }
    }
}
