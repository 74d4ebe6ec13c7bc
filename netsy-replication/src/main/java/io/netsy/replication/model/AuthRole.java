package io.netsy.replication.model;

import java.util.List;

/**
 * A role: a name for permissions.
 *
 * @param name UTF-8
 * @param permissions by key; those of equal keys in the order in which they were granted
 */
public record AuthRole(Bytes name, List<AuthPermission> permissions) {
    /** The role whose users may do everything, whether it exists as a record or not. */
    public static final Bytes ROOT = Bytes.utf8("root");

    public AuthRole {
        permissions = List.copyOf(permissions);
    }
}
