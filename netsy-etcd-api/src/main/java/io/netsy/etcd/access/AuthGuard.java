package io.netsy.etcd.access;

import io.grpc.Context;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.state.AuthState;
import io.netsy.replication.model.Bytes;
import java.util.function.Supplier;

/**
 * Tells handlers who calls. Safe for any thread; never blocks. While auth is off nothing is looked at but the committed
 * state.
 *
 * <p>All methods throw {@link io.netsy.etcd.error.EtcdException} when the call is to be refused.
 */
public final class AuthGuard {
    private final Supplier<AuthState> committed;
    private final TokenReader tokens;
    private final AccessRules rules = new AccessRules();

    /** @param committed the newest committed state */
    public AuthGuard(Supplier<AuthState> committed, TokenReader tokens) {
        this.committed = committed;
        this.tokens = tokens;
    }

    public AccessRules rules() {
        return rules;
    }

    /** Whether anybody is asked who he is. */
    public boolean isOn() {
        return committed.get().enabled();
    }

    /**
     * The context in which a method is to be handled, whose {@link Credentials#current} these are; refuses everybody but
     * root where no handler does. For whoever calls handlers: the interceptor, and gateways from other protocols.
     *
     * @param fullMethodName {@code package.Service/Method}
     */
    public Context enter(String fullMethodName, Credentials credentials) {
        AuthState auth = committed.get();
        if (auth.enabled() && MethodAccess.of(fullMethodName) == MethodAccess.ROOT) {
            rules.checkRoot(auth, caller(auth, credentials));
        }
        return credentials.inContext();
    }

    /** What the call that this thread handles brought along; not looked for while auth is off. */
    public Credentials credentials() {
        return isOn() ? Credentials.current() : Credentials.NONE;
    }

    /** Who makes the call that this thread handles, by the newest committed state; refuses a token that is not good. */
    public Caller caller() {
        AuthState auth = committed.get();
        return auth.enabled() ? caller(auth, Credentials.current()) : Caller.NOBODY;
    }

    /** Whose credentials these are in a given state; refuses a token that is not good. */
    public Caller caller(AuthState auth, Credentials credentials) {
        if (!auth.enabled()) {
            return Caller.NOBODY;
        }
        String token = credentials.token();
        if (token != null) {
            Caller caller = tokens.read(token, auth);
            if (caller == null) {
                throw EtcdError.INVALID_AUTH_TOKEN.exception();
            }
            return caller;
        }
        String commonName = credentials.commonName();
        return commonName == null ? Caller.NOBODY : new Caller(Bytes.utf8(commonName), auth.revision());
    }

    /** The same, and refuses a caller without credentials; whether the user exists is not asked. */
    public Caller requireCaller(AuthState auth, Credentials credentials) {
        Caller caller = caller(auth, credentials);
        if (auth.enabled() && caller.isNobody()) {
            throw EtcdError.USER_EMPTY.exception();
        }
        return caller;
    }

    /** Refuses the call that this thread handles when it came without credentials. */
    public Caller requireCaller() {
        AuthState auth = committed.get();
        return auth.enabled() ? requireCaller(auth, Credentials.current()) : Caller.NOBODY;
    }

    /** Refuses the call that this thread handles unless a user of the role root makes it. */
    public void requireRoot() {
        AuthState auth = committed.get();
        if (auth.enabled()) {
            rules.checkRoot(auth, caller(auth, Credentials.current()));
        }
    }
}
