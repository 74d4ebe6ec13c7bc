package io.netsy.node.primary;

import io.netsy.etcd.state.MemberState;
import io.netsy.replication.core.Membership;
import io.netsy.replication.model.Member;
import java.util.Set;
import java.util.stream.Collectors;

/** The members of a state as the protocol knows them: by the names of the nodes that run as them. */
public final class MemberNames {
    private MemberNames() {}

    public static Membership of(MemberState members) {
        return new Membership(names(members, false), names(members, true));
    }

    private static Set<String> names(MemberState members, boolean learners) {
        return members.members().values().stream()
                .filter(member -> member.isStarted() && member.learner() == learners)
                .map(Member::name)
                .collect(Collectors.toSet());
    }
}
