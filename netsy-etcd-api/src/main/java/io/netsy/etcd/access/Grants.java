package io.netsy.etcd.access;

import io.netsy.etcd.state.AuthState;
import io.netsy.replication.model.AuthPermission;
import io.netsy.replication.model.AuthRole;
import io.netsy.replication.model.AuthUser;
import io.netsy.replication.model.Bytes;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What a user may read and write by all of his roles together. */
record Grants(RangeSet readable, RangeSet writable) {
    static Grants of(AuthUser user, AuthState auth) {
        List<AuthPermission> permissions =
                user.roles().stream().flatMap(name -> permissionsOf(name, auth)).toList();
        return new Grants(
                ranges(permissions, AuthPermission::allowsRead), ranges(permissions, AuthPermission::allowsWrite));
    }

    private static Stream<AuthPermission> permissionsOf(Bytes name, AuthState auth) {
        AuthRole role = auth.role(name);
        return role == null ? Stream.empty() : role.permissions().stream();
    }

    private static RangeSet ranges(List<AuthPermission> permissions, Predicate<AuthPermission> wanted) {
        return RangeSet.of(
                permissions.stream().filter(wanted).map(AuthPermission::range).toList());
    }
}
