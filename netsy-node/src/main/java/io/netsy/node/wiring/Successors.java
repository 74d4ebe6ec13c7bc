package io.netsy.node.wiring;

import io.netsy.node.primary.PrimaryTerm;
import io.netsy.node.primary.ReplicationView;
import io.netsy.node.role.PeerCalls;
import io.netsy.replication.core.ElectorMessage.Health;
import io.netsy.replication.core.ElectorMessage.Occupation;
import io.netsy.replication.core.ElectorMessage.Successor;
import io.netsy.replication.core.StandbyView.State;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** To whom a primary may hand over: a standby that follows closely. Whoever else is named would keep all clients waiting. */
final class Successors {
    private final Supplier<List<String>> candidates;
    private final PeerCalls peers;

    /** @param candidates who may lead, the preferred first */
    Successors(Supplier<List<String>> candidates, PeerCalls peers) {
        this.candidates = candidates;
        this.peers = peers;
    }

    /** Whether the primary of a term may hand over to a node. */
    static boolean isClose(PrimaryTerm term, String node) {
        ReplicationView view = term.sequencer().replication();
        return view != null
                && view.standbys().stream()
                        .anyMatch(standby -> standby.name().equals(node) && standby.state() == State.STREAMING);
    }

    /** The first candidate that follows closely, and says that it still does; empty when there is none. */
    CompletableFuture<Optional<Successor>> find(PrimaryTerm term) {
        List<CompletableFuture<Optional<Successor>>> asked = candidates.get().stream()
                .filter(node -> isClose(term, node))
                .map(node -> ask(node, term.term()))
                .toList();
        CompletableFuture<Optional<Successor>> first = CompletableFuture.completedFuture(Optional.empty());
        for (CompletableFuture<Optional<Successor>> answer : asked) {
            first = first.thenCompose(found -> found.isPresent() ? CompletableFuture.completedFuture(found) : answer);
        }
        return first;
    }

    private CompletableFuture<Optional<Successor>> ask(String node, long term) {
        return peers.health(node)
                .thenApply(health -> isFollowing(health, term)
                        ? Optional.of(new Successor(health.identity(), health.process()))
                        : Optional.<Successor>empty())
                .exceptionally(_ -> Optional.empty());
    }

    private static boolean isFollowing(Health health, long term) {
        return health.occupation() == Occupation.FOLLOWING && health.term() == term;
    }
}
