package io.netsy.etcd.state;

import io.netsy.replication.model.AuthRole;
import io.netsy.replication.model.AuthUser;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.Entry;
import java.util.Collections;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Who may do what, as a value: a part of the replicated state. Immutable and safe for any thread.
 *
 * @param enabled whether anybody is asked who he is
 * @param revision the auth revision, which is not the store's; 1 at the beginning
 * @param users by name, in byte order
 * @param roles by name, in byte order
 */
public record AuthState(
        boolean enabled, long revision, NavigableMap<Bytes, AuthUser> users, NavigableMap<Bytes, AuthRole> roles) {

    /** Nobody is known, and nobody is asked. */
    public static final AuthState EMPTY = new AuthState(false, 1, new TreeMap<>(), new TreeMap<>());

    public AuthState {
        users = frozen(users);
        roles = frozen(roles);
        if (revision < 1) {
            throw new IllegalArgumentException("auth revision " + revision);
        }
    }

    private static <T> NavigableMap<Bytes, T> frozen(SortedMap<Bytes, T> map) {
        return Collections.unmodifiableNavigableMap(new TreeMap<>(map));
    }

    /** A state of these users and roles, in any order. */
    public static AuthState of(boolean enabled, long revision, Iterable<AuthUser> users, Iterable<AuthRole> roles) {
        return new AuthState(enabled, revision, byName(users, AuthUser::name), byName(roles, AuthRole::name));
    }

    private static <T> NavigableMap<Bytes, T> byName(Iterable<T> records, Function<T, Bytes> name) {
        NavigableMap<Bytes, T> map = new TreeMap<>();
        records.forEach(record -> map.put(name.apply(record), record));
        return map;
    }

    public @Nullable AuthUser user(Bytes name) {
        return users.get(name);
    }

    public @Nullable AuthRole role(Bytes name) {
        return roles.get(name);
    }

    AuthState after(Entry.AuthChange change) {
        return new AuthState(
                change.enabled(),
                change.authRevision(),
                merged(users, change.users(), AuthUser::name),
                merged(roles, change.roles(), AuthRole::name));
    }

    private static <T> NavigableMap<Bytes, T> merged(
            NavigableMap<Bytes, T> before, Entry.AuthChange.Changed<T> changed, Function<T, Bytes> name) {
        NavigableMap<Bytes, T> map = new TreeMap<>(before);
        changed.removed().forEach(map::remove);
        changed.put().forEach(record -> map.put(name.apply(record), record));
        return map;
    }
}
