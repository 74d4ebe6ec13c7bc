package io.netsy.replication.model;

import java.util.List;

/**
 * A user.
 *
 * @param name UTF-8
 * @param passwordHash a bcrypt hash as text; empty when the user has no password
 * @param noPassword the user signs in by certificate only
 * @param roles names of roles in byte order; a role of that name need not exist
 */
public record AuthUser(Bytes name, Bytes passwordHash, boolean noPassword, List<Bytes> roles) {
    /** The user without whom auth can't be enabled. */
    public static final Bytes ROOT = Bytes.utf8("root");

    public AuthUser {
        roles = List.copyOf(roles);
    }

    public boolean hasRole(Bytes role) {
        return roles.contains(role);
    }

    /** Names the user and hides the hash. */
    @Override
    public String toString() {
        return "AuthUser[name=%s, noPassword=%s, roles=%s]".formatted(name, noPassword, roles);
    }
}
