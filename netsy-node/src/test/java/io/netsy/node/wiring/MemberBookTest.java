package io.netsy.node.wiring;

import static io.netsy.node.wiring.MembersOfTests.alone;
import static io.netsy.node.wiring.MembersOfTests.member;
import static io.netsy.node.wiring.MembersOfTests.members;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netsy.elector.term.TermRegister.Voter;
import io.netsy.etcd.state.MemberState;
import io.netsy.node.config.ConfigException;
import io.netsy.node.config.HostPort;
import io.netsy.node.objectstore.testkit.InMemoryObjectStore;
import io.netsy.replication.model.Member;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who the others are and where, as configuration, log and the store say. */
class MemberBookTest {
    private final InMemoryObjectStore store = new InMemoryObjectStore(InstantSource.system());

    @SuppressWarnings("NullAway.Init") // by open
    private MemberBook book;

    @BeforeEach
    void open() throws ConfigException {
        book = new MemberBook("a", alone("a"));
    }

    private HostPort address(String node) {
        return book.address(node, "no address of " + node);
    }

    private void register(String node, String json) {
        var _ = store.putIfAbsent(
                "nodes/%s.json".formatted(node), ByteBuffer.wrap(json.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void theLogGoesBeforeConfiguration() {
        assertThat(book.names()).containsExactly("a");
        assertThat(book.voting()).containsExactly("a");

        Member learner = new Member(3, "c", List.of("http://c:1"), List.of(), true);
        book.learn(members(
                member(1, "a"), member(2, "b"), learner, new Member(4, "", List.of("http://d:1"), List.of(), false)));

        assertThat(book.names()).containsExactlyInAnyOrder("a", "b", "c");
        assertThat(book.voting()).containsExactlyInAnyOrder("a", "b");
        assertThat(address("b")).isEqualTo(HostPort.parse("b:2380"));
    }

    @Test
    void whoMayLeadVotesAndThisNodeComesLast() {
        assertThat(book.candidates()).containsExactly("a");

        Member learner = new Member(4, "d", List.of("http://d:1"), List.of(), true);
        book.learn(members(member(1, "a"), member(2, "c"), member(3, "b"), learner));

        assertThat(book.candidates()).containsExactly("b", "c", "a");
    }

    @Test
    void whoMovesIsReachedElsewhereAndTheConnectionsAreTold() {
        List<String> moved = new ArrayList<>();
        book.onMove(moved::add);
        book.learn(members(member(1, "a"), member(2, "b")));

        book.learn(members(member(1, "a"), member(2, "b").reachedAt(List.of("https://b2:9"))));

        assertThat(address("b")).isEqualTo(HostPort.parse("b2:9"));
        assertThat(moved).containsExactly("b");
    }

    /** Each node may reach the others in its own way, through a proxy or another network; the members have one address for all. */
    @Test
    void aConfiguredAddressGoesBeforeTheLog() {
        List<String> moved = new ArrayList<>();
        book.onMove(moved::add);

        book.learn(members(member(1, "a").reachedAt(List.of("http://elsewhere:1")), member(2, "b")));

        assertThat(address("a")).isEqualTo(HostPort.parse("a:2380"));
        assertThat(moved).isEmpty();
    }

    @Test
    void aMemberThatWasRemovedKnowsItAndTheOthersRememberWhereItIs() {
        book.learn(members(member(1, "a"), member(2, "b")));
        assertThat(book.isRemoved()).isFalse();

        book.learn(MemberState.of(List.of(member(5, "c")), Set.of(1L, 2L)));

        assertThat(book.isRemoved()).isTrue();
        assertThat(address("b")).isEqualTo(HostPort.parse("b:2380"));
    }

    @Test
    void aTailIsAskedOfVotersThatAreNoMembersAnyMore() {
        book.learn(members(member(1, "a"), member(2, "b")));

        assertThat(book.others(List.of(new Voter("a", new UUID(1, 1)), new Voter("c", new UUID(1, 2)))))
                .containsExactlyInAnyOrder("b", "c");
    }

    @Test
    void aStrangerIsFoundInTheStoreOnceItIsAskedFor() {
        Strangers strangers = new Strangers(store, book);
        register("c", "{\"format\":1,\"client_urls\":[],\"peer_url\":\"http://c:7\"}");
        strangers.look();
        assertThat(book.knows("c")).isFalse();

        assertThatThrownBy(() -> address("c")).hasMessage("no address of c");
        strangers.look();

        assertThat(address("c")).isEqualTo(HostPort.parse("c:7"));
        assertThat(book.sought()).isEmpty();
    }

    @Test
    void aStrangerThatNeverSaidWhereItIsIsSoughtUntilTheLogSaysIt() {
        Strangers strangers = new Strangers(store, book);
        register("c", "{\"format\":1,\"client_urls\":[]}");
        assertThatThrownBy(() -> address("c")).hasMessage("no address of c");

        strangers.look();
        assertThat(book.sought()).containsExactly("c");
        book.learn(members(member(1, "a"), member(2, "c")));

        assertThat(book.sought()).isEmpty();
        assertThat(address("c")).isEqualTo(HostPort.parse("c:2380"));
    }
}
