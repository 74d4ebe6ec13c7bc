package io.netsy.node.wiring;

import com.google.gson.JsonParseException;
import io.netsy.elector.term.RegisterException;
import io.netsy.elector.term.RegisterStorage;
import io.netsy.elector.term.TermRegister.Voter;
import io.netsy.etcd.port.Evaluation;
import io.netsy.etcd.port.Proposal;
import io.netsy.node.clock.NodeClock;
import io.netsy.node.objectstore.ObjectStoreException;
import io.netsy.node.primary.PrimaryTerm;
import io.netsy.replication.model.Entry;
import io.netsy.replication.model.Member;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node does about members besides answering.
 *
 * <ol>
 *   <li>The first primary of a cluster writes down the nodes of its configuration as members.
 *   <li>A primary gives a member without a name that of the node which registered itself at the member's address.
 *   <li>A primary deletes the registration of a member that was removed, which may be dead, once the register lists it no more: nobody
 *       else at its address is to be taken for it.
 *   <li>A node that was removed ends, once the register lists it no more: till then an election may need what it holds.
 * </ol>
 */
final class MemberDuties {
    private static final Logger LOG = LoggerFactory.getLogger(MemberDuties.class);
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final Cluster cluster;
    private final RegisterStorage register;
    private final Executor io;
    private final NodeClock clock;
    private final AtomicBoolean working = new AtomicBoolean();
    private final Set<String> gone = ConcurrentHashMap.newKeySet();
    private Set<String> present = Set.of();
    private volatile @Nullable PrimaryTerm term;
    private long nextNanos;

    /** @param io runs what blocks */
    MemberDuties(Cluster cluster, RegisterStorage register, Executor io, NodeClock clock) {
        this.cluster = cluster;
        this.register = register;
        this.io = io;
        this.clock = clock;
    }

    /** This node serves as primary. */
    void begin(PrimaryTerm newTerm) {
        term = newTerm;
        List<Member> configured = cluster.members().configured();
        var _ = newTerm.proposer().propose(writeDown(configured)).exceptionally(failure -> {
            LOG.warn("the members are not written down yet: {}", failure.getMessage());
            return false;
        });
    }

    private static Proposal<Boolean> writeDown(List<Member> configured) {
        return (tip, _) -> tip.members().isEmpty()
                ? Evaluation.effect(tip, new Entry.MembershipChange(configured, List.of()), true)
                : Evaluation.noEffect(false);
    }

    /** Looks after members from time to time; never blocks. */
    void look() {
        notice();
        long now = clock.now().bootNanos();
        if (now - nextNanos < 0 || !isNeeded() || !working.compareAndSet(false, true)) {
            return;
        }
        nextNanos = now + PAUSE.toNanos();
        io.execute(() -> {
            try {
                work();
            } catch (ObjectStoreException | RegisterException | JsonParseException | IllegalStateException e) {
                LOG.debug("members are looked after later: {}", e.getMessage());
            } finally {
                working.set(false);
            }
        });
    }

    private void notice() {
        Set<String> names = Set.copyOf(cluster.book().names());
        if (isPrimary()) {
            present.stream().filter(name -> !names.contains(name)).forEach(gone::add);
        } else {
            gone.clear();
        }
        present = names;
    }

    private boolean isNeeded() {
        return cluster.book().isRemoved()
                || (isPrimary() && (!gone.isEmpty() || nameless().isPresent()));
    }

    private boolean isPrimary() {
        PrimaryTerm current = term;
        return current != null && !current.ended().isDone();
    }

    private Optional<Member> nameless() {
        return cluster.book().members().members().values().stream()
                .filter(member -> !member.isStarted())
                .findFirst();
    }

    private void work() throws RegisterException {
        if (cluster.book().isRemoved()) {
            maybeEnd();
        } else {
            if (!gone.isEmpty()) {
                forgetThoseGone();
            }
            nameless().ifPresent(this::maybeName);
        }
    }

    private Set<String> voters() throws RegisterException {
        return register.read().stream()
                .flatMap(stored -> stored.register().voters().stream())
                .map(Voter::nodeId)
                .collect(Collectors.toSet());
    }

    private void maybeEnd() throws RegisterException {
        String self = cluster.self().nodeId();
        if (!voters().contains(self) && !isPrimary()) {
            cluster.registrations().forget(self);
            cluster.removed().complete("this node, '%s', was removed from the cluster".formatted(self));
        }
    }

    /** Whom the register lists may still have to be found. */
    private void forgetThoseGone() throws RegisterException {
        Set<String> unlisted = new HashSet<>(gone);
        unlisted.removeAll(voters());
        unlisted.forEach(cluster.registrations()::forget);
        gone.removeAll(unlisted);
    }

    private void maybeName(Member member) {
        PrimaryTerm current = term;
        Optional<String> name = cluster.registrations().nameAt(member.peerUrls());
        if (current != null && name.isPresent()) {
            var _ = current.proposer().propose(named(member, name.get())).whenComplete((done, failure) -> {
                if (failure == null && done) {
                    LOG.info("the member at {} is node '{}'", member.peerUrls(), name.get());
                }
            });
        }
    }

    private static Proposal<Boolean> named(Member member, String name) {
        return (tip, _) -> {
            Member current = tip.members().members().get(member.id());
            return current == null
                            || current.isStarted()
                            || tip.members().named(name).isPresent()
                    ? Evaluation.noEffect(false)
                    : Evaluation.effect(
                            tip,
                            new Entry.MembershipChange(
                                    List.of(current.startedAs(name, current.clientUrls())), List.of()),
                            true);
        };
    }
}
