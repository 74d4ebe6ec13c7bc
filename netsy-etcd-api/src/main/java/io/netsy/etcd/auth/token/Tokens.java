package io.netsy.etcd.auth.token;

import io.netsy.etcd.access.TokenReader;
import io.netsy.etcd.auth.token.TokenSettings.Jwt;
import io.netsy.etcd.auth.token.TokenSettings.Simple;
import io.netsy.etcd.state.AuthState;
import io.netsy.replication.model.AuthUser;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/** Gives tokens to users, and knows them again. Safe for any thread; never blocks. */
public interface Tokens extends TokenReader {
    /**
     * A token for a user whose password, of this very record, was checked.
     *
     * @param index the log index of the state that the user was read from
     */
    String issue(AuthUser user, AuthState auth, long index);

    /** Another node, the primary, gave this token to the user; a token that says itself whose it is needs no memory. */
    default void introduce(String token, AuthUser user) {}

    /** Auth was switched off: tokens that were given until now are no longer good. */
    void forgetAll();

    /** Where tokens get time and chance from. */
    record Sources(LongSupplier nanoClock, InstantSource wallClock, RandomGenerator random) {}

    /**
     * The tokens that the settings ask for.
     *
     * @throws TokenException when a key can't be used
     */
    static Tokens open(TokenSettings settings, Sources sources) throws TokenException {
        return switch (settings) {
            case Simple simple -> new SimpleTokens(simple.ttl(), sources.nanoClock(), sources.random());
            case Jwt jwt -> JwtTokens.open(jwt, sources.wallClock());
        };
    }
}
