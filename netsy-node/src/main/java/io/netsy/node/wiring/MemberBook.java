package io.netsy.node.wiring;

import io.netsy.elector.term.TermRegister.Voter;
import io.netsy.etcd.port.CommitListener;
import io.netsy.etcd.state.MemberState;
import io.netsy.node.config.ClusterConfig;
import io.netsy.node.config.ElectorConfig;
import io.netsy.node.config.HostPort;
import io.netsy.node.primary.MemberNames;
import io.netsy.replication.model.Entry;
import io.netsy.replication.model.Member;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who the other nodes are, as this node's state says, and as configuration says while that says nothing; and where: configuration goes
 * before the state there, for only it knows how this node in particular reaches another. What was an address once stays known, for a
 * member that was removed is asked by elections until the register lists it no more. Safe for any thread.
 */
final class MemberBook implements CommitListener {
    private static final Logger LOG = LoggerFactory.getLogger(MemberBook.class);

    private final String self;
    private final ClusterConfig config;
    private final Map<String, HostPort> addresses = new ConcurrentHashMap<>();
    private final Map<String, HostPort> told = new ConcurrentHashMap<>();
    private final Set<String> sought = ConcurrentHashMap.newKeySet();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final List<Consumer<String>> movers = new CopyOnWriteArrayList<>();
    private volatile MemberState members = MemberState.EMPTY;
    private volatile @Nullable Long ownId;

    /** @param self this node's name */
    MemberBook(String self, ClusterConfig config) {
        this.self = self;
        this.config = config;
        addresses.putAll(config.nodes());
    }

    /** From now on this is what the state says. */
    void learn(MemberState newMembers) {
        for (Member member : newMembers.members().values()) {
            if (member.isStarted()) {
                member.peerUrls().stream()
                        .findFirst()
                        .flatMap(MemberBook::address)
                        .ifPresent(address -> place(member.name(), address));
            }
        }
        members = newMembers;
        newMembers.named(self).ifPresent(member -> ownId = member.id());
        listeners.forEach(Runnable::run);
    }

    private void place(String name, HostPort address) {
        HostPort configured = config.nodes().get(name);
        if (configured != null) {
            tellOfTwo(name, configured, address);
            return;
        }
        HostPort before = addresses.put(name, address);
        sought.remove(name);
        if (before != null && !before.equals(address)) {
            movers.forEach(mover -> mover.accept(name));
        }
    }

    private void tellOfTwo(String name, HostPort configured, HostPort logged) {
        if (!configured.equals(logged) && !logged.equals(told.put(name, logged))) {
            LOG.info(
                    "node '{}' is at {} as a member; here it is reached at {}, as cluster.nodes says",
                    name,
                    logged,
                    configured);
        }
    }

    private static Optional<HostPort> address(String peerUrl) {
        try {
            URI url = URI.create(peerUrl);
            return Optional.of(HostPort.parse(url.getAuthority()));
        } catch (IllegalArgumentException | NullPointerException e) {
            return Optional.empty();
        }
    }

    @Override
    public void onCommitted(Commit commit) {
        if (commit.entries().stream().anyMatch(Entry.MembershipChange.class::isInstance)) {
            learn(commit.state().state().members());
        }
    }

    /** Runs this after each change, on the thread that made it; it must not block. */
    void onChange(Runnable listener) {
        listeners.add(listener);
    }

    /** Runs this when a node is somewhere else from now on; likewise. */
    void onMove(Consumer<String> mover) {
        movers.add(mover);
    }

    /** What the log says; empty while it says nothing. */
    MemberState members() {
        return members;
    }

    /** The id of this node as a member; null while the log does not name it. A node that was removed keeps its id. */
    @Nullable
    Long ownId() {
        return ownId;
    }

    /** The names of all nodes, this one's included. */
    Set<String> names() {
        MemberState current = members;
        if (current.isEmpty()) {
            return config.nodes().keySet();
        }
        Set<String> names = new LinkedHashSet<>();
        current.members().values().stream()
                .filter(Member::isStarted)
                .map(Member::name)
                .forEach(names::add);
        return names;
    }

    /** The names of all others that may hold what a register requires: members, and voters that are none as far as is known here. */
    List<String> others(Collection<Voter> voters) {
        Set<String> all = new LinkedHashSet<>(names());
        voters.forEach(voter -> all.add(voter.nodeId()));
        all.remove(self);
        return List.copyOf(all);
    }

    /** The names of those whose word is to count. */
    Set<String> voting() {
        return members.isEmpty()
                ? config.nodes().keySet()
                : MemberNames.of(members).voting();
    }

    /**
     * Members that are to vote: those that configuration lets lead, in its order, then those it does not name; this node last, for whoever
     * asks had rather have another.
     */
    List<String> candidates() {
        Set<String> voting = voting();
        ElectorConfig elector = config.elector();
        List<String> candidates = new ArrayList<>(elector == null ? List.of() : elector.candidates());
        candidates.retainAll(voting);
        voting.stream()
                .filter(name -> !config.nodes().containsKey(name))
                .sorted()
                .forEach(candidates::add);
        if (candidates.remove(self)) {
            candidates.add(self);
        }
        return candidates;
    }

    /**
     * Where the others reach a node. One that is not known is sought from now on ({@link Strangers}).
     *
     * @throws IllegalArgumentException while it is not known
     */
    HostPort address(String node, String otherwise) {
        HostPort address = addresses.get(node);
        if (address == null) {
            sought.add(node);
            throw new IllegalArgumentException(otherwise);
        }
        return address;
    }

    /** The names of those whose address was asked for and is not known. */
    Set<String> sought() {
        return Set.copyOf(sought);
    }

    /** Where one that was sought says that it is reached; what the state says meanwhile goes before. */
    void found(String node, String peerUrl) {
        if (sought.contains(node)) {
            address(peerUrl).ifPresent(address -> place(node, address));
        }
    }

    boolean knows(String node) {
        return addresses.containsKey(node);
    }

    /** Whether this node was a member, and is none any more. */
    boolean isRemoved() {
        Long id = ownId;
        return id != null && members.removed().contains(id);
    }
}
