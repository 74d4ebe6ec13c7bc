package io.netsy.etcd.auth.token;

import io.netsy.etcd.access.Caller;
import io.netsy.etcd.state.AuthState;
import io.netsy.replication.model.AuthUser;
import io.netsy.replication.model.Bytes;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Random tokens that this process remembers: 16 letters, a point and a log index. Each use of one gives it its whole time
 * to live again.
 *
 * <p>A token is bound to the password's hash that was checked for it, so that a new password or the end of its user ends
 * it in every state that shows that, and nobody needs to be told.
 */
final class SimpleTokens implements Tokens {
    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private static final int LENGTH = 16;
    private static final long SWEEP_NANOS = Duration.ofSeconds(1).toNanos();

    private final long ttlNanos;
    private final LongSupplier nanoClock;
    private final RandomGenerator random;
    private final Map<String, Held> tokens = new ConcurrentHashMap<>();
    private final AtomicLong sweptNanos;

    SimpleTokens(Duration ttl, LongSupplier nanoClock, RandomGenerator random) {
        this.ttlNanos = ttl.toNanos();
        this.nanoClock = nanoClock;
        this.random = random;
        this.sweptNanos = new AtomicLong(nanoClock.getAsLong());
    }

    private static final class Held {
        private final Bytes user;
        private final Bytes passwordHash;
        private volatile long deadlineNanos;

        Held(AuthUser user, long deadlineNanos) {
            this.user = user.name();
            this.passwordHash = user.passwordHash();
            this.deadlineNanos = deadlineNanos;
        }

        boolean isOver(long nowNanos) {
            return nowNanos - deadlineNanos > 0;
        }
    }

    @Override
    public String issue(AuthUser user, AuthState auth, long index) {
        long now = nanoClock.getAsLong();
        maybeSweep(now);
        StringBuilder token = new StringBuilder(LENGTH + 20);
        for (int i = 0; i < LENGTH; i++) {
            token.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        String text = token.append('.').append(index).toString();
        tokens.put(text, new Held(user, now + ttlNanos));
        return text;
    }

    @Override
    public void introduce(String token, AuthUser user) {
        long now = nanoClock.getAsLong();
        maybeSweep(now);
        tokens.put(token, new Held(user, now + ttlNanos));
    }

    /** Forgets tokens whose time is over, which nobody asks for any more. */
    private void maybeSweep(long now) {
        long last = sweptNanos.get();
        if (now - last >= SWEEP_NANOS && sweptNanos.compareAndSet(last, now)) {
            tokens.values().removeIf(held -> held.isOver(now));
        }
    }

    @Override
    public @Nullable Caller read(String token, AuthState auth) {
        Held held = tokens.get(token);
        if (held == null) {
            return null;
        }
        long now = nanoClock.getAsLong();
        AuthUser user = auth.user(held.user);
        if (held.isOver(now) || user == null || !user.passwordHash().equals(held.passwordHash)) {
            return null;
        }
        held.deadlineNanos = now + ttlNanos;
        return new Caller(held.user, auth.revision());
    }

    @Override
    public void forgetAll() {
        tokens.clear();
    }

    /** How many are remembered, those whose time is over included until the next sweep. */
    int size() {
        return tokens.size();
    }
}
