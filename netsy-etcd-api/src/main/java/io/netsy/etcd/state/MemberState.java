package io.netsy.etcd.state;

import io.netsy.replication.model.Entry;
import io.netsy.replication.model.Member;
import java.util.Collections;
import java.util.HashSet;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Who the members are, as a value: a part of the replicated state. Immutable and safe for any thread.
 *
 * @param members by id; none until the first primary of a cluster wrote them down, and on a node alone
 * @param removed ids of those that were removed; no change that is judged here brings one back
 */
public record MemberState(NavigableMap<Long, Member> members, Set<Long> removed) {

    /** Nobody was written down yet. */
    public static final MemberState EMPTY = new MemberState(new TreeMap<>(), Set.of());

    public MemberState {
        members = Collections.unmodifiableNavigableMap(byUnsignedId(members));
        removed = Set.copyOf(removed);
    }

    private static NavigableMap<Long, Member> byUnsignedId(NavigableMap<Long, Member> members) {
        NavigableMap<Long, Member> ordered = new TreeMap<>(Long::compareUnsigned);
        ordered.putAll(members);
        return ordered;
    }

    /** A state of these members, in any order. */
    public static MemberState of(Iterable<Member> members, Set<Long> removed) {
        NavigableMap<Long, Member> byId = new TreeMap<>();
        members.forEach(member -> byId.put(member.id(), member));
        return new MemberState(byId, removed);
    }

    /** Whether nobody was written down yet. */
    public boolean isEmpty() {
        return members.isEmpty();
    }

    /** The member that a node of this name runs as. */
    public Optional<Member> named(String name) {
        return members.values().stream()
                .filter(member -> member.name().equals(name))
                .findFirst();
    }

    MemberState after(Entry.MembershipChange change) {
        NavigableMap<Long, Member> map = new TreeMap<>(members);
        Set<Long> gone = new HashSet<>(removed);
        change.removed().forEach(id -> {
            map.remove(id);
            gone.add(id);
        });
        change.put().forEach(member -> {
            map.put(member.id(), member);
            gone.remove(member.id());
        });
        return new MemberState(map, gone);
    }
}
