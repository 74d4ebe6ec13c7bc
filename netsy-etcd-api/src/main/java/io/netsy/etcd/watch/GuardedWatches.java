package io.netsy.etcd.watch;

import io.netsy.etcd.access.AuthGuard;
import io.netsy.etcd.access.Credentials;
import io.netsy.etcd.port.StateSource;
import io.netsy.etcd.state.AuthState;
import io.netsy.replication.model.Bytes;

/**
 * Judges each watch by the credentials with which its stream was opened and by the newest committed state (etcd
 * semantics, section 11). A watch that was let in stays, whatever becomes of its user, as in etcd.
 */
public final class GuardedWatches implements WatchAuthorizer {
    private final AuthGuard guard;
    private final StateSource states;

    public GuardedWatches(AuthGuard guard, StateSource states) {
        this.guard = guard;
        this.states = states;
    }

    @Override
    public Judge open() {
        Credentials credentials = Credentials.current();
        return (key, rangeEnd) -> authorize(credentials, key, rangeEnd);
    }

    private void authorize(Credentials credentials, Bytes key, Bytes rangeEnd) {
        AuthState auth = states.committed().state().auth();
        guard.rules().checkRead(auth, guard.caller(auth, credentials), key, rangeEnd);
    }
}
