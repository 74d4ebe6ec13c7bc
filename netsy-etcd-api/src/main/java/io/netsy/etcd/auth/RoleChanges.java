package io.netsy.etcd.auth;

import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.proto.auth.Permission;
import io.netsy.etcd.proto.rpc.AuthRoleAddRequest;
import io.netsy.etcd.proto.rpc.AuthRoleDeleteRequest;
import io.netsy.etcd.proto.rpc.AuthRoleGrantPermissionRequest;
import io.netsy.etcd.proto.rpc.AuthRoleRevokePermissionRequest;
import io.netsy.etcd.rpc.ByteStrings;
import io.netsy.etcd.state.AuthState;
import io.netsy.replication.model.AuthPermission;
import io.netsy.replication.model.AuthRole;
import io.netsy.replication.model.AuthUser;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.Entry.AuthChange;
import io.netsy.replication.model.Entry.AuthChange.Changed;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What requests about roles come to, as pure functions of the state (etcd semantics, section 17). */
final class RoleChanges {
    private RoleChanges() {}

    static Optional<AuthChange> add(AuthRoleAddRequest request, AuthState before) {
        if (request.getName().isEmpty()) {
            throw EtcdError.ROLE_EMPTY.exception();
        }
        Bytes name = Bytes.utf8(request.getName());
        if (before.role(name) != null) {
            throw EtcdError.ROLE_EXISTS.exception();
        }
        return AuthChanges.put(before, new AuthRole(name, List.of()));
    }

    /** Takes the role from all users as well. */
    static Optional<AuthChange> delete(AuthRoleDeleteRequest request, AuthState before) {
        Bytes name = Bytes.utf8(request.getRole());
        if (before.enabled() && name.equals(AuthRole.ROOT)) {
            throw EtcdError.INVALID_AUTH_MANAGEMENT.exception();
        }
        AuthRole role = role(before, name);
        List<AuthUser> holders = before.users().values().stream()
                .filter(user -> user.hasRole(name))
                .map(user -> UserChanges.withoutRole(user, name))
                .toList();
        return AuthChanges.change(before, Changed.put(holders), new Changed<>(List.of(), List.of(role.name())));
    }

    /** A permission for the same range takes on the new type. */
    static Optional<AuthChange> grant(AuthRoleGrantPermissionRequest request, AuthState before) {
        if (!request.hasPerm()) {
            throw EtcdError.PERMISSION_NOT_GIVEN.exception();
        }
        AuthPermission granted = toModel(request.getPerm());
        if (granted.key().isEmpty() || granted.range().isEmpty()) {
            throw EtcdError.INVALID_AUTH_MANAGEMENT.exception();
        }
        AuthRole role = role(before, Bytes.utf8(request.getName()));
        List<AuthPermission> permissions = new ArrayList<>(role.permissions());
        int same = indexOf(permissions, granted);
        if (same >= 0) {
            permissions.set(same, granted);
        } else {
            permissions.add(granted);
            permissions.sort(Comparator.comparing(AuthPermission::key));
        }
        return AuthChanges.put(before, new AuthRole(role.name(), permissions));
    }

    private static int indexOf(List<AuthPermission> permissions, AuthPermission wanted) {
        for (int i = 0; i < permissions.size(); i++) {
            if (permissions.get(i).isAbout(wanted.key(), wanted.rangeEnd())) {
                return i;
            }
        }
        return -1;
    }

    private static AuthPermission toModel(Permission permission) {
        return new AuthPermission(
                permission.getPermTypeValue(),
                ByteStrings.toBytes(permission.getKey()),
                ByteStrings.toBytes(permission.getRangeEnd()));
    }

    static Optional<AuthChange> revoke(AuthRoleRevokePermissionRequest request, AuthState before) {
        AuthRole role = role(before, Bytes.utf8(request.getRole()));
        Bytes key = ByteStrings.toBytes(request.getKey());
        Bytes rangeEnd = ByteStrings.toBytes(request.getRangeEnd());
        List<AuthPermission> left = role.permissions().stream()
                .filter(permission -> !permission.isAbout(key, rangeEnd))
                .toList();
        if (left.size() == role.permissions().size()) {
            throw EtcdError.PERMISSION_NOT_GRANTED.exception();
        }
        return AuthChanges.put(before, new AuthRole(role.name(), left));
    }

    /** The role of a name, which must exist. */
    static AuthRole role(AuthState state, Bytes name) {
        AuthRole role = state.role(name);
        if (role == null) {
            throw EtcdError.ROLE_NOT_FOUND.exception();
        }
        return role;
    }
}
