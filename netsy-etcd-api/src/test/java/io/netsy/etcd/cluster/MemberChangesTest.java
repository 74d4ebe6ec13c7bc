package io.netsy.etcd.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.error.EtcdException;
import io.netsy.etcd.port.Evaluation;
import io.netsy.etcd.port.MemberHealth;
import io.netsy.etcd.port.Proposal;
import io.netsy.etcd.state.StateMachine;
import io.netsy.etcd.state.StoreState;
import io.netsy.etcd.testkit.TestRevisions;
import io.netsy.replication.model.Entry;
import io.netsy.replication.model.Member;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which changes of members are taken, as etcd's strict check has it. */
class MemberChangesTest {
    private final Set<String> connected = new HashSet<>(Set.of("a", "b", "c"));
    private final Set<String> inSync = new HashSet<>();
    private final MemberChanges changes = new MemberChanges(new MemberHealth() {
        private long last = 100;

        @Override
        public boolean mayChange() {
            return true;
        }

        @Override
        public boolean isConnected(String node) {
            return connected.contains(node);
        }

        @Override
        public boolean isInSync(String node) {
            return inSync.contains(node);
        }

        @Override
        public long newId() {
            return ++last;
        }
    });
    private StoreState state = StoreState.EMPTY;

    private static Member member(long id, String name, boolean learner) {
        return new Member(id, name, List.of(url(id)), List.of(), learner);
    }

    private static String url(long id) {
        return "http://10.0.0.%d:2380".formatted(id);
    }

    private void given(Member... members) {
        state = StateMachine.apply(state, new Entry.MembershipChange(List.of(members), List.of()))
                .after();
    }

    private void threeVoters() {
        given(member(1, "a", false), member(2, "b", false), member(3, "c", false));
    }

    private long take(Proposal<Long> proposal) {
        if (proposal.evaluate(state, new TestRevisions()) instanceof Evaluation.Effect<Long> effect) {
            state = StateMachine.apply(state, effect.entry()).after();
            return effect.result();
        }
        throw new AssertionError("no effect");
    }

    private void refused(EtcdError error, Proposal<Long> proposal) {
        assertThat(catchThrowableOfType(EtcdException.class, () -> take(proposal))
                        .error())
                .isEqualTo(error);
    }

    @Test
    void aNewMemberHasNoNameAndAnIdOfItsOwn() {
        threeVoters();

        long id = take(changes.add(Set.of(url(4)), false));

        assertThat(state.members().members().get(id)).isEqualTo(new Member(id, "", List.of(url(4)), List.of(), false));
    }

    @Test
    void anAddressIsGivenOnce() {
        threeVoters();

        refused(EtcdError.PEER_URLS_EXIST, changes.add(Set.of(url(2)), true));
        refused(EtcdError.PEER_URLS_EXIST, changes.update(1, Set.of(url(2))));
        var _ = take(changes.update(1, Set.of(url(9))));
        assertThat(member(1).peerUrls()).containsExactly(url(9));
    }

    @Test
    void oneLearnerAtATime() {
        threeVoters();
        var _ = take(changes.add(Set.of(url(4)), true));

        refused(EtcdError.TOO_MANY_LEARNERS, changes.add(Set.of(url(5)), true));
    }

    @Test
    void aVoterIsAddedWhileAllVotersAreConnectedAndALearnerAlways() {
        threeVoters();
        connected.remove("c");

        refused(EtcdError.UNHEALTHY, changes.add(Set.of(url(4)), false));
        var _ = take(changes.add(Set.of(url(4)), true));
    }

    @Test
    void noVoterIsAddedWhileMostWereNotStarted() {
        given(member(1, "a", false), member(2, "", false), member(3, "", false));

        refused(EtcdError.NOT_ENOUGH_STARTED_MEMBERS, changes.add(Set.of(url(4)), false));
    }

    @Test
    void aDeadVoterGoesAndALivingOneOnlyIfEnoughLive() {
        threeVoters();
        connected.remove("c");

        refused(EtcdError.UNHEALTHY, changes.remove(2));
        var _ = take(changes.remove(3));
        assertThat(state.members().removed()).containsExactly(3L);
        refused(EtcdError.MEMBER_NOT_FOUND, changes.remove(3));
    }

    @Test
    void noVoterGoesThatLeavesMostOfTheOthersNotStarted() {
        given(member(1, "a", false), member(2, "b", false), member(3, "", false));

        refused(EtcdError.NOT_ENOUGH_STARTED_MEMBERS, changes.remove(2));
        var _ = take(changes.remove(3));
    }

    @Test
    void theLastVoterStays() {
        given(member(1, "a", false), member(2, "b", true));

        refused(EtcdError.NOT_ENOUGH_STARTED_MEMBERS, changes.remove(1));
        var _ = take(changes.remove(2));
    }

    @Test
    void aLearnerIsPromotedOnceItIsStartedAndInSync() {
        given(member(1, "a", false), member(2, "", true));

        refused(EtcdError.MEMBER_NOT_LEARNER, changes.promote(1));
        refused(EtcdError.MEMBER_NOT_FOUND, changes.promote(9));
        refused(EtcdError.LEARNER_NOT_READY, changes.promote(2));
        given(member(2, "b", true));
        refused(EtcdError.LEARNER_NOT_READY, changes.promote(2));
        inSync.add("b");
        var _ = take(changes.promote(2));
        assertThat(member(2).learner()).isFalse();
    }

    @Test
    void beforeTheMembersAreWrittenDownNothingIsChanged() {
        refused(EtcdError.UNHEALTHY, changes.remove(1));
    }

    private Member member(long id) {
        return Objects.requireNonNull(state.members().members().get(id));
    }
}
