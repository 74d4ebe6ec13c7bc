package io.netsy.node.election;

import io.netsy.elector.term.RegisterException;
import io.netsy.elector.term.RegisterStorage;
import io.netsy.elector.term.RegisterStorage.Stored;
import io.netsy.elector.term.TermRegister.Claimant;
import io.netsy.node.role.ElectorQuestions;
import io.netsy.replication.codec.Frame;
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
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/** A node that does what electors and the register say, at once, and holds no log. */
public final class FakeNode implements ElectorQuestions {
    private final Identity identity;
    private final RegisterStorage register;
    private final Predicate<String> isDead;
    private final UUID process = UUID.randomUUID();
    private long promised;
    private long term;
    private Occupation occupation = Occupation.IDLE;
    private String primary = "";
    private volatile boolean dead;
    private volatile Ping hint = new Ping(0, false, "", new UUID(0, 0));

    /** @param isDead whether a node of that name is, which this one would notice */
    public FakeNode(UUID cluster, String name, RegisterStorage register, Predicate<String> isDead) {
        this.identity = new Identity(cluster, name, new UUID(1, name.charAt(0)));
        this.register = register;
        this.isDead = isDead;
    }

    /** It answers nothing any more. */
    public void die() {
        dead = true;
    }

    public boolean isDead() {
        return dead;
    }

    public synchronized boolean isServing() {
        return !dead && occupation == Occupation.SERVING;
    }

    /** What an elector said last. */
    Ping hint() {
        return hint;
    }

    @Override
    public synchronized CompletableFuture<FromNode> ask(FromElector word) {
        if (dead) {
            return new CompletableFuture<>();
        }
        return CompletableFuture.completedFuture(
                switch (word) {
                    case Ping ping -> health(ping);
                    case Fence fence -> fenced(fence);
                    case AskTail ask -> new Tail(identity, ask.term(), ask.tip(), Optional.of(ask.tip()));
                    case HandOver order -> handOver(order);
                });
    }

    @Override
    public CompletableFuture<List<Frame>> framesAfter(LogPosition position) {
        return CompletableFuture.completedFuture(List.of());
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
        boolean misses = occupation == Occupation.FOLLOWING && isDead.test(primary);
        return new Health(identity, process, promised, occupation, term, misses ? Duration.ofHours(1) : Duration.ZERO);
    }

    private Fenced fenced(Fence fence) {
        promised = Math.max(promised, fence.term());
        occupation = Occupation.IDLE;
        return new Fenced(identity, process, fence.term(), LogPosition.START);
    }

    private Health handOver(HandOver order) {
        if (occupation == Occupation.SERVING && order.process().equals(process)) {
            occupation = Occupation.IDLE;
            try {
                Stored stored = register.read().orElseThrow();
                Claimant next = new Claimant(
                        order.to().identity().nodeId(),
                        order.to().identity().diskId(),
                        order.to().process());
                register.swap(stored, stored.register().handedOver(next, LogPosition.START, UUID.randomUUID()));
            } catch (RegisterException e) {
                throw new AssertionError(e);
            }
        }
        return health();
    }
}
