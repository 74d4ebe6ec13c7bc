package io.netsy.etcd.access;

import io.netsy.etcd.state.AuthState;
import org.jspecify.annotations.Nullable;

/** Knows the tokens that were given to users. Safe for any thread; never blocks. */
@FunctionalInterface
public interface TokenReader {
    /** Whom the token was given to; null when it was given to nobody, or is no longer good. */
    @Nullable
    Caller read(String token, AuthState auth);
}
