package io.netsy.etcd.auth;

import io.grpc.Status;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.proto.rpc.AuthUserAddRequest;
import io.netsy.etcd.proto.rpc.AuthUserChangePasswordRequest;
import io.netsy.etcd.proto.rpc.AuthUserDeleteRequest;
import io.netsy.etcd.proto.rpc.AuthUserGrantRoleRequest;
import io.netsy.etcd.proto.rpc.AuthUserRevokeRoleRequest;
import io.netsy.etcd.state.AuthState;
import io.netsy.replication.model.AuthRole;
import io.netsy.replication.model.AuthUser;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.Entry.AuthChange;
import io.netsy.replication.model.Entry.AuthChange.Changed;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What requests about users come to, as pure functions of the state (etcd semantics, section 17). */
final class UserChanges {
    /** etcd's own words, which it sends as they are. */
    private static final Status NO_PASSWORD_USER =
            Status.UNKNOWN.withDescription("auth: authentication failed, password was given for no password user");

    private UserChanges() {}

    static RuntimeException noPasswordUser() {
        return NO_PASSWORD_USER.asRuntimeException();
    }

    /** @param hash of the password; empty for a user without one */
    static Optional<AuthChange> add(AuthUserAddRequest request, Bytes hash, AuthState before) {
        if (request.getName().isEmpty()) {
            throw EtcdError.USER_EMPTY.exception();
        }
        Bytes name = Bytes.utf8(request.getName());
        if (before.user(name) != null) {
            throw EtcdError.USER_EXISTS.exception();
        }
        boolean noPassword = request.getOptions().getNoPassword();
        return AuthChanges.put(before, new AuthUser(name, hash, noPassword, List.of()));
    }

    static Optional<AuthChange> delete(AuthUserDeleteRequest request, AuthState before) {
        Bytes name = Bytes.utf8(request.getName());
        if (before.enabled() && name.equals(AuthUser.ROOT)) {
            throw EtcdError.INVALID_AUTH_MANAGEMENT.exception();
        }
        return AuthChanges.change(
                before, new Changed<>(List.of(), List.of(user(before, name).name())), Changed.nothing());
    }

    /** @param hash of the new password; empty when the request brought a hash itself, or nothing */
    static Optional<AuthChange> changePassword(AuthUserChangePasswordRequest request, Bytes hash, AuthState before) {
        AuthUser user = user(before, Bytes.utf8(request.getName()));
        Bytes changed = user.noPassword() ? Bytes.EMPTY : hash.isEmpty() ? givenHash(request) : hash;
        return AuthChanges.put(before, new AuthUser(user.name(), changed, user.noPassword(), user.roles()));
    }

    private static Bytes givenHash(AuthUserChangePasswordRequest request) {
        try {
            return Bytes.wrap(Base64.getDecoder().decode(request.getHashedPassword()));
        } catch (IllegalArgumentException malformed) {
            throw noPasswordUser();
        }
    }

    /** The role root need not exist. A role that the user has already changes nothing. */
    static Optional<AuthChange> grantRole(AuthUserGrantRoleRequest request, AuthState before) {
        AuthUser user = user(before, Bytes.utf8(request.getUser()));
        Bytes role = Bytes.utf8(request.getRole());
        if (!role.equals(AuthRole.ROOT) && before.role(role) == null) {
            throw EtcdError.ROLE_NOT_FOUND.exception();
        }
        if (user.hasRole(role)) {
            return Optional.empty();
        }
        List<Bytes> roles =
                Stream.concat(user.roles().stream(), Stream.of(role)).sorted().toList();
        return AuthChanges.put(before, withRoles(user, roles));
    }

    static Optional<AuthChange> revokeRole(AuthUserRevokeRoleRequest request, AuthState before) {
        Bytes name = Bytes.utf8(request.getName());
        Bytes role = Bytes.utf8(request.getRole());
        if (before.enabled() && name.equals(AuthUser.ROOT) && role.equals(AuthRole.ROOT)) {
            throw EtcdError.INVALID_AUTH_MANAGEMENT.exception();
        }
        AuthUser user = user(before, name);
        if (!user.hasRole(role)) {
            throw EtcdError.ROLE_NOT_GRANTED.exception();
        }
        return AuthChanges.put(before, withoutRole(user, role));
    }

    static AuthUser withoutRole(AuthUser user, Bytes role) {
        return withRoles(
                user, user.roles().stream().filter(other -> !other.equals(role)).toList());
    }

    private static AuthUser withRoles(AuthUser user, List<Bytes> roles) {
        return new AuthUser(user.name(), user.passwordHash(), user.noPassword(), roles);
    }

    /** The user of a name, who must exist. */
    static AuthUser user(AuthState state, Bytes name) {
        AuthUser user = state.user(name);
        if (user == null) {
            throw EtcdError.USER_NOT_FOUND.exception();
        }
        return user;
    }
}
