package io.netsy.node.election;

import io.netsy.elector.term.RegisterStorage;
import io.netsy.replication.core.ElectorMessage.FromElector;
import io.netsy.replication.wire.PeerAnswer.Said;
import io.netsy.replication.wire.PeerAnswer.Wish;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** Three such nodes, asked without a network. */
final class FakeCluster implements NodeCalls {
    static final List<String> NAMES = List.of("a", "b", "c");
    private static final UUID CLUSTER = new UUID(7, 7);

    private final Map<String, FakeNode> nodes = new ConcurrentHashMap<>();
    private final Map<String, Wish> wishes = new ConcurrentHashMap<>();

    FakeCluster(RegisterStorage register) {
        NAMES.forEach(name -> nodes.put(
                name, new FakeNode(CLUSTER, name, register, other -> node(other).isDead())));
    }

    FakeNode node(String name) {
        FakeNode node = nodes.get(name);
        if (node == null) {
            throw new AssertionError("no node " + name);
        }
        return node;
    }

    /** An operator asks a node for another one as primary. */
    void asks(String of, String wanted) {
        wishes.put(of, new Wish(UUID.randomUUID(), wanted));
    }

    @Override
    public CompletableFuture<Said> ask(String name, FromElector word, Duration patience) {
        return node(name).ask(word).thenApply(answer -> new Said(answer, Optional.ofNullable(wishes.get(name))));
    }
}
