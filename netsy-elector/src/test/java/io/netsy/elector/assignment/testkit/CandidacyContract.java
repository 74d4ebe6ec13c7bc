package io.netsy.elector.assignment.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netsy.elector.assignment.Assignment;
import io.netsy.elector.assignment.Candidacy;
import io.netsy.elector.assignment.ElectorAssignment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a source that candidates ask for the role must do besides; run it against each there is. */
public abstract class CandidacyContract extends AssignmentContract {

    @Override
    protected abstract Candidacy make(String node) throws Exception;

    @Override
    protected void appoint(String node, ElectorAssignment source) {
        ((Candidacy) source).campaign();
    }

    private Candidacy candidate(String node) throws Exception {
        Candidacy candidate = (Candidacy) open(node);
        candidate.campaign();
        return candidate;
    }

    private static Assignment.Held held(Candidacy candidate) {
        return (Assignment.Held) candidate.current();
    }

    @Test
    final void ofManyWhoAskOneHoldsTheRoleAndKeepsIt() throws Exception {
        List<Candidacy> candidates = new ArrayList<>();
        try (Believers believers = Believers.watch(candidates)) {
            for (String node : List.of("a", "b", "c", "d")) {
                Candidacy candidate = candidate(node);
                believers.add(candidate);
            }
            await().atMost(LIMIT)
                    .until(() -> candidates.stream().anyMatch(c -> c.current().isSelf()));
            Candidacy holder = candidates.stream()
                    .filter(candidate -> candidate.current().isSelf())
                    .findFirst()
                    .orElseThrow();
            Assignment.Held first = held(holder);

            await().pollDelay(TIMINGS.lease().multipliedBy(2)).atMost(LIMIT).until(() -> true);

            assertThat(held(holder).token()).isEqualTo(first.token());
            assertThat(held(holder).trustedUntilNanos()).isGreaterThan(first.trustedUntilNanos());
            for (Candidacy candidate : candidates) {
                awaitHolder(candidate, first.holder());
            }
        }
    }

    @Test
    final void aHolderThatDiedIsFollowedAfterItsLease() throws Exception {
        Candidacy a = candidate("a");
        awaitSelf(a);
        Candidacy b = candidate("b");
        awaitHolder(b, "a");
        long tokenBefore = held(a).token();

        long diedNanos = System.nanoTime();
        a.close();
        awaitSelf(b);

        Duration gap = Duration.ofNanos(System.nanoTime() - diedNanos);
        assertThat(gap).isGreaterThan(TIMINGS.lease().minus(TIMINGS.renewEvery().multipliedBy(2)));
        assertThat(held(b).token()).isGreaterThan(tokenBefore);
    }

    @Test
    final void aHolderThatIsCutOffCeasesBeforeAnotherBegins() throws Exception {
        List<Candidacy> candidates = new ArrayList<>();
        try (Believers believers = Believers.watch(candidates)) {
            Candidacy a = candidate("a");
            awaitSelf(a);
            Candidacy b = candidate("b");
            believers.add(a);
            believers.add(b);
            awaitHolder(b, "a");

            cut("a");
            awaitSelf(b);
            assertThat(a.current().isSelf()).isFalse();

            mend("a");
            awaitHolder(a, "b");
            assertThat(b.current().isSelf()).isTrue();
        }
    }

    @Test
    final void aRoleThatIsGivenBackIsTakenBeforeItsLeaseIsOver() throws Exception {
        Candidacy a = candidate("a");
        awaitSelf(a);
        Candidacy b = candidate("b");
        awaitHolder(b, "a");

        long begunNanos = System.nanoTime();
        assertThat(a.release(LIMIT)).isTrue();
        assertThat(a.current().isSelf()).isFalse();
        awaitSelf(b);

        assertThat(Duration.ofNanos(System.nanoTime() - begunNanos)).isLessThan(TIMINGS.lease());
        awaitHolder(a, "b");

        b.release(LIMIT);
        a.campaign();
        awaitSelf(a);
    }

    @Test
    final void aRoleThatCantBeGivenBackIsNotHeldAllTheSame() throws Exception {
        Candidacy a = candidate("a");
        awaitSelf(a);

        cut("a");
        assertThat(a.release(Duration.ofMillis(100))).isFalse();

        assertThat(a.current().isSelf()).isFalse();
        mend("a");
        await().atMost(LIMIT).until(() -> a.current() instanceof Assignment.Vacant);
    }

    @Test
    final void aNewProcessOfTheSameNameWaitsForTheOldOnesLease() throws Exception {
        Candidacy old = candidate("a");
        awaitSelf(old);
        List<Candidacy> both = new ArrayList<>();
        try (Believers believers = Believers.watch(both)) {
            believers.add(old);
            Candidacy young = candidate("a");
            believers.add(young);
            awaitHolder(young, "a");
            assertThat(young.current().isSelf()).isFalse();

            old.close();
            awaitSelf(young);
        }
    }
}
