package io.netsy.node.replica;

import io.netsy.etcd.state.AuthState;
import io.netsy.replication.model.AuthPermission;
import io.netsy.replication.model.AuthRole;
import io.netsy.replication.model.AuthUser;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.Entry;
import io.netsy.replication.model.Entry.AuthChange.Changed;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Changes of users and roles, as {@link RandomLog} makes them. */
final class RandomAuth {
    private RandomAuth() {}

    static Entry next(RandomGenerator random, AuthState before) {
        boolean enabled = random.nextInt(5) == 0 ? !before.enabled() : before.enabled();
        Changed<AuthUser> users = new Changed<>(
                random.nextBoolean() ? List.of(user(random)) : List.of(),
                random.nextInt(3) == 0 ? List.of(name("user", random)) : List.of());
        Changed<AuthRole> roles = new Changed<>(
                random.nextBoolean() ? List.of(role(random)) : List.of(),
                random.nextInt(3) == 0 ? List.of(name("role", random)) : List.of());
        return new Entry.AuthChange(before.revision() + 1, enabled, users, roles);
    }

    private static Bytes name(String kind, RandomGenerator random) {
        return Bytes.utf8(kind + "-ü-" + random.nextInt(6));
    }

    private static AuthUser user(RandomGenerator random) {
        boolean noPassword = random.nextBoolean();
        List<Bytes> roles = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            roles.add(name("role", random));
        }
        byte[] hash = new byte[noPassword ? 0 : 60];
        random.nextBytes(hash);
        return new AuthUser(name("user", random), Bytes.wrap(hash), noPassword, roles);
    }

    private static AuthRole role(RandomGenerator random) {
        List<AuthPermission> permissions = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            Bytes end = random.nextBoolean() ? Bytes.EMPTY : Bytes.wrap(new byte[] {0});
            permissions.add(new AuthPermission(random.nextInt(3), name("key", random), end));
        }
        return new AuthRole(name("role", random), permissions);
    }

    /** Everything that is to say of it, hashes included. */
    static List<String> describe(AuthState auth) {
        List<String> lines = new ArrayList<>();
        lines.add("auth %s revision %d".formatted(auth.enabled(), auth.revision()));
        auth.users().forEach((name, user) -> lines.add("%s: %s %s".formatted(name, user, user.passwordHash())));
        auth.roles().forEach((name, role) -> lines.add("%s: %s".formatted(name, role)));
        return lines;
    }
}
