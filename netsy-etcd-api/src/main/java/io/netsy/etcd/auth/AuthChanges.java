package io.netsy.etcd.auth;

import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.state.AuthState;
import io.netsy.replication.model.AuthRole;
import io.netsy.replication.model.AuthUser;
import io.netsy.replication.model.Entry.AuthChange;
import io.netsy.replication.model.Entry.AuthChange.Changed;
import java.util.List;
import java.util.Optional;

/**
 * The switch, and how a changed user or role becomes an entry. Everything but switching on raises the auth revision by
 * one (etcd semantics, section 17).
 */
final class AuthChanges {
    private AuthChanges() {}

    /** What becomes of a state when a request is granted; empty when that changes nothing. */
    @FunctionalInterface
    interface Change {
        Optional<AuthChange> of(AuthState before);
    }

    static Optional<AuthChange> enable(AuthState before) {
        if (before.enabled()) {
            return Optional.empty();
        }
        AuthUser root = before.user(AuthUser.ROOT);
        if (root == null) {
            throw EtcdError.ROOT_USER_MISSING.exception();
        }
        if (!root.hasRole(AuthRole.ROOT)) {
            throw EtcdError.ROOT_ROLE_MISSING.exception();
        }
        return Optional.of(new AuthChange(before.revision(), true, Changed.nothing(), Changed.nothing()));
    }

    static Optional<AuthChange> disable(AuthState before) {
        return before.enabled()
                ? Optional.of(new AuthChange(before.revision() + 1, false, Changed.nothing(), Changed.nothing()))
                : Optional.empty();
    }

    static Optional<AuthChange> put(AuthState before, AuthUser user) {
        return change(before, Changed.put(List.of(user)), Changed.nothing());
    }

    static Optional<AuthChange> put(AuthState before, AuthRole role) {
        return change(before, Changed.nothing(), Changed.put(List.of(role)));
    }

    static Optional<AuthChange> change(AuthState before, Changed<AuthUser> users, Changed<AuthRole> roles) {
        return Optional.of(new AuthChange(before.revision() + 1, before.enabled(), users, roles));
    }
}
