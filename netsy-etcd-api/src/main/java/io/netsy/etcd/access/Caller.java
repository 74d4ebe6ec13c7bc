package io.netsy.etcd.access;

import io.netsy.replication.model.Bytes;

/**
 * Who makes a request, as far as his credentials say; whether there is such a user is not settled by that.
 *
 * @param user the user's name
 * @param authRevision the auth revision that the credentials speak of; at least 1, and 0 for {@link #NOBODY}
 */
public record Caller(Bytes user, long authRevision) {
    /** Whoever came without credentials; and everybody while auth is off. */
    public static final Caller NOBODY = new Caller(Bytes.EMPTY, 0);

    public boolean isNobody() {
        return authRevision == 0;
    }
}
