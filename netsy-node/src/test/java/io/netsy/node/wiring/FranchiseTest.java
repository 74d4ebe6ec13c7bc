package io.netsy.node.wiring;

import static io.netsy.node.wiring.MembersOfTests.alone;
import static io.netsy.node.wiring.MembersOfTests.member;
import static io.netsy.node.wiring.MembersOfTests.members;
import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.elector.term.RegisterStorage.SwapResult;
import io.netsy.elector.term.TermRegister;
import io.netsy.elector.term.TermRegister.State;
import io.netsy.elector.term.TermRegister.Voter;
import io.netsy.etcd.state.MemberState;
import io.netsy.node.config.ConfigException;
import io.netsy.node.objectstore.testkit.InMemoryObjectStore;
import io.netsy.node.term.ObjectRegisterStorage;
import io.netsy.replication.model.CommitLevel;
import io.netsy.replication.model.LogPosition;
import io.netsy.replication.model.StandbyRule;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who may have the elector's role: a node that joins does not succeed whom it joins. */
class FranchiseTest {
    private final ObjectRegisterStorage register =
            new ObjectRegisterStorage(new InMemoryObjectStore(InstantSource.system()));

    @SuppressWarnings("NullAway.Init") // by open
    private MemberBook book;

    @SuppressWarnings("NullAway.Init") // by open
    private Franchise franchise;

    @BeforeEach
    void open() throws ConfigException {
        book = new MemberBook("b", alone("b"));
        franchise = new Franchise("b", book, register);
    }

    private void vote(String... names) throws Exception {
        List<Voter> voters =
                Stream.of(names).map(name -> new Voter(name, new UUID(1, 1))).toList();
        TermRegister first = new TermRegister(
                1,
                new UUID(2, 2),
                1,
                State.ASSIGNED,
                names[0],
                new UUID(3, 3),
                "elector",
                LogPosition.START,
                voters,
                CommitLevel.LOCAL,
                StandbyRule.ANYONE,
                Duration.ZERO,
                1,
                null);
        assertThat(register.create(first)).isInstanceOf(SwapResult.Swapped.class);
    }

    private boolean mayElect() {
        if (franchise.isToLook()) {
            franchise.look();
        }
        return franchise.mayElect();
    }

    @Test
    void theFirstNodeOfAStoreMayOnceItLooked() {
        assertThat(franchise.mayElect()).isFalse();
        assertThat(mayElect()).isTrue();
    }

    @Test
    void whoseNameTheRegisterListsMayAlsoOnAnotherDisk() throws Exception {
        vote("b");

        assertThat(mayElect()).isTrue();
    }

    @Test
    void onTheLogOfAnotherNodeItMayNotUntilItIsAMember() throws Exception {
        assertThat(mayElect()).isTrue();
        vote("a");

        assertThat(mayElect()).isFalse();
        book.learn(members(member(1, "a")));
        assertThat(mayElect()).isFalse();
        book.learn(members(member(1, "a"), member(2, "b")));
        assertThat(mayElect()).isTrue();
        assertThat(franchise.isToLook()).isFalse();
    }

    @Test
    void whoWasRemovedMayNoMore() {
        book.learn(members(member(1, "a"), member(2, "b")));
        assertThat(mayElect()).isTrue();

        book.learn(MemberState.of(List.of(member(1, "a")), Set.of(2L)));

        assertThat(mayElect()).isFalse();
    }
}
