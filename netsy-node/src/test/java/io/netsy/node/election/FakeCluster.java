package io.netsy.node.election;

import io.netsy.elector.term.RegisterException;
import io.netsy.elector.term.RegisterStorage;
import io.netsy.elector.term.RegisterStorage.Stored;
import io.netsy.replication.core.ElectorMessage.AskTail;
import io.netsy.replication.core.ElectorMessage.Fence;
import io.netsy.replication.core.ElectorMessage.Fenced;
import io.netsy.replication.core.ElectorMessage.FromElector;
import io.netsy.replication.core.ElectorMessage.FromNode;
import io.netsy.replication.core.ElectorMessage.HandOver;
import io.netsy.replication.core.ElectorMessage.Health;
import io.netsy.replication.core.ElectorMessage.Occupation;
import io.netsy.replication.core.ElectorMessage.Ping;
import io.netsy.replication.core.ElectorMessage.Tail;
import io.netsy.replication.core.PeerMessage.Identity;
import io.netsy.replication.model.LogPosition;
import io.netsy.replication.wire.PeerAnswer.Said;
import io.netsy.replication.wire.PeerAnswer.Wish;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** Nodes that do what electors and the register say, at once, and hold no log. */
final class FakeCluster implements NodeCalls {
    static final List<String> NAMES = List.of("a", "b", "c");
    private static final UUID CLUSTER = new UUID(7, 7);

    private final RegisterStorage register;
    private final Map<String, Node> nodes = new ConcurrentHashMap<>();

    FakeCluster(RegisterStorage register) {
        this.register = register;
        NAMES.forEach(name -> nodes.put(name, new Node(name)));
    }

    Node node(String name) {
        Node node = nodes.get(name);
        if (node == null) {
            throw new AssertionError("no node " + name);
        }
        return node;
    }

    @Override
    public CompletableFuture<Said> ask(String name, FromElector word, Duration patience) {
        Node node = node(name);
        return node.dead ? new CompletableFuture<>() : CompletableFuture.completedFuture(node.hear(word));
    }

    /** One of them. */
    final class Node {
        private final Identity identity;
        private final UUID process = UUID.randomUUID();
        private long promised;
        private long term;
        private Occupation occupation = Occupation.IDLE;
        private String primary = "";
        private Optional<Wish> wish = Optional.empty();
        private volatile boolean dead;
        private volatile Ping hint = new Ping(0, false, "", new UUID(0, 0));

        Node(String name) {
            this.identity = new Identity(CLUSTER, name, new UUID(1, name.charAt(0)));
        }

        void die() {
            dead = true;
        }

        /** What an elector said last. */
        Ping hint() {
            return hint;
        }

        synchronized void wants(String node) {
            wish = Optional.of(new Wish(UUID.randomUUID(), node));
        }

        private synchronized Said hear(FromElector word) {
            FromNode answer = switch (word) {
                case Ping ping -> health(ping);
                case Fence fence -> fenced(fence);
                case AskTail ask -> new Tail(identity, ask.term(), ask.tip(), Optional.of(ask.tip()));
                case HandOver order -> handOver(order);
            };
            return new Said(answer, wish);
        }

        private Health health(Ping ping) {
            hint = ping;
            if (ping.assigned() && ping.term() >= promised) {
                promised = ping.term();
                term = ping.term();
                primary = ping.primary();
                occupation = ping.process().equals(process) ? Occupation.SERVING : Occupation.FOLLOWING;
            }
            return health();
        }

        private Health health() {
            boolean misses = occupation == Occupation.FOLLOWING && node(primary).dead;
            return new Health(
                    identity, process, promised, occupation, term, misses ? Duration.ofHours(1) : Duration.ZERO);
        }

        private Fenced fenced(Fence fence) {
            promised = Math.max(promised, fence.term());
            occupation = Occupation.IDLE;
            return new Fenced(identity, process, fence.term(), LogPosition.START);
        }

        private Health handOver(HandOver order) {
            if (occupation == Occupation.SERVING && order.process().equals(process)) {
                occupation = Occupation.IDLE;
                release();
            }
            return health();
        }

        private void release() {
            try {
                Stored stored = register.read().orElseThrow();
                register.swap(stored, stored.register().released(LogPosition.START, UUID.randomUUID()));
            } catch (RegisterException e) {
                throw new AssertionError(e);
            }
        }
    }
}
