package io.netsy.etcd.access;

import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.state.AuthState;
import io.netsy.etcd.state.StoreState;
import io.netsy.replication.model.AuthRole;
import io.netsy.replication.model.AuthUser;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.KeyRange;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The rules by which a caller may do something in a given state (etcd semantics, section 17). Every check returns when
 * auth is off, and throws {@link io.netsy.etcd.error.EtcdException} when the caller may not.
 *
 * <p>Safe for any thread. What users' roles add up to is worked out once for each version of the auth state.
 */
public final class AccessRules {
    private volatile Known known = new Known(AuthState.EMPTY);

    /** What was worked out about one version of the auth state. */
    private static final class Known {
        private final AuthState auth;
        private final Map<Bytes, Grants> grants = new ConcurrentHashMap<>();

        Known(AuthState auth) {
            this.auth = auth;
        }

        // The very state, not an equal one: to compare two takes as long as to work it out again.
        @SuppressWarnings("ReferenceEquality")
        boolean isAbout(AuthState other) {
            return auth == other;
        }
    }

    /** Lets users of the role root through, whatever revision their credentials speak of. */
    public void checkRoot(AuthState auth, Caller caller) {
        if (!auth.enabled()) {
            return;
        }
        if (caller.user().isEmpty()) {
            throw EtcdError.USER_EMPTY.exception();
        }
        AuthUser user = auth.user(caller.user());
        if (user == null) {
            throw EtcdError.USER_NOT_FOUND.exception();
        }
        if (!user.hasRole(AuthRole.ROOT)) {
            throw EtcdError.PERMISSION_DENIED.exception();
        }
    }

    /** Whether {@link #checkRoot} lets the caller through. */
    public boolean isRoot(AuthState auth, Caller caller) {
        if (!auth.enabled()) {
            return true;
        }
        AuthUser user = auth.user(caller.user());
        return user != null && user.hasRole(AuthRole.ROOT);
    }

    /**
     * Lets through whoever may read all of a range.
     *
     * @param rangeEnd by the convention of {@link KeyRange#of}
     */
    public void checkRead(AuthState auth, Caller caller, Bytes key, Bytes rangeEnd) {
        if (auth.enabled()) {
            check(auth, caller, KeyRange.of(key, rangeEnd), Grants::readable);
        }
    }

    /** Lets through whoever may write all of a range. */
    public void checkWrite(AuthState auth, Caller caller, Bytes key, Bytes rangeEnd) {
        if (auth.enabled()) {
            check(auth, caller, KeyRange.of(key, rangeEnd), Grants::writable);
        }
    }

    private void check(AuthState auth, Caller caller, KeyRange range, Function<Grants, RangeSet> kind) {
        if (caller.isNobody()) {
            throw EtcdError.USER_EMPTY.exception();
        }
        if (caller.authRevision() < auth.revision()) {
            throw EtcdError.AUTH_OLD_REVISION.exception();
        }
        AuthUser user = auth.user(caller.user());
        if (user == null
                || !(user.hasRole(AuthRole.ROOT)
                        || kind.apply(grants(auth, user)).covers(range))) {
            throw EtcdError.PERMISSION_DENIED.exception();
        }
    }

    private Grants grants(AuthState auth, AuthUser user) {
        Known current = known;
        if (!current.isAbout(auth)) {
            current = new Known(auth);
            known = current;
        }
        return current.grants.computeIfAbsent(user.name(), name -> Grants.of(user, auth));
    }

    /** Lets through whoever may write every key of a lease, and so may end or keep it; a lease without keys is anybody's. */
    public void checkWriteAttached(StoreState state, Caller caller, long leaseId) {
        if (!isRoot(state.auth(), caller)) {
            state.visitAttached(leaseId, key -> {
                checkWrite(state.auth(), caller, key, Bytes.EMPTY);
                return true;
            });
        }
    }

    /** Lets through whoever may read every key of a lease. */
    public void checkReadAttached(StoreState state, Caller caller, long leaseId) {
        if (!isRoot(state.auth(), caller)) {
            state.visitAttached(leaseId, key -> {
                checkRead(state.auth(), caller, key, Bytes.EMPTY);
                return true;
            });
        }
    }

    /** Lets through whoever may read every key of every lease. */
    public void checkReadAllAttached(StoreState state, Caller caller) {
        if (!isRoot(state.auth(), caller)) {
            state.attachments()
                    .iterator()
                    .forEachRemaining(attachment -> checkRead(state.auth(), caller, attachment.key(), Bytes.EMPTY));
        }
    }
}
