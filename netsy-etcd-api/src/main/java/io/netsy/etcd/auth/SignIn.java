package io.netsy.etcd.auth;

import io.netsy.etcd.auth.token.Tokens;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.port.CommittedState;
import io.netsy.etcd.port.StateSource;
import io.netsy.etcd.proto.rpc.AuthenticateRequest;
import io.netsy.etcd.state.AuthState;
import io.netsy.replication.model.AuthUser;
import io.netsy.replication.model.Bytes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The exchange of a password for a token (etcd semantics, section 17). Safe for any thread; {@link #token} takes long. */
final class SignIn {
    private static final Logger LOG = LoggerFactory.getLogger(SignIn.class);

    private final StateSource states;
    private final Passwords passwords;
    private final Tokens tokens;

    SignIn(StateSource states, Passwords passwords, Tokens tokens) {
        this.states = states;
        this.passwords = passwords;
        this.tokens = tokens;
    }

    /** A user and the state that he was read from. */
    record Known(AuthUser user, CommittedState at) {}

    /** The user who wants to sign in: he must exist and have a password, and auth be on. */
    Known user(AuthenticateRequest request, CommittedState at) {
        AuthState auth = at.state().auth();
        if (!auth.enabled()) {
            throw EtcdError.AUTH_NOT_ENABLED.exception();
        }
        AuthUser user = auth.user(Bytes.utf8(request.getName()));
        if (user == null) {
            throw failed(request);
        }
        if (user.noPassword()) {
            throw UserChanges.noPasswordUser();
        }
        return new Known(user, at);
    }

    /** A token, once the password is checked against the newest record of the user. */
    String token(AuthenticateRequest request, Known first) {
        Known known = first;
        while (true) {
            if (!passwords.matches(request.getPassword(), known.user().passwordHash())) {
                throw failed(request);
            }
            Known newest = user(request, states.committed());
            if (newest.user().passwordHash().equals(known.user().passwordHash())) {
                return tokens.issue(
                        newest.user(), newest.at().state().auth(), newest.at().index());
            }
            known = newest;
        }
    }

    private static RuntimeException failed(AuthenticateRequest request) {
        LOG.info("event=sign_in_refused user=\"{}\"", Bytes.utf8(request.getName()));
        return EtcdError.AUTH_FAILED.exception();
    }
}
