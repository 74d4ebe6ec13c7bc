package io.netsy.etcd.auth;

import at.favre.lib.crypto.bcrypt.BCrypt;
import at.favre.lib.crypto.bcrypt.LongPasswordStrategies;
import io.grpc.Status;
import io.netsy.replication.model.Bytes;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;

/**
 * Hashes passwords with bcrypt, and checks them; both take tens of milliseconds of a processor by design, so never on a
 * thread that others wait for.
 */
public final class Passwords {
    /** The cost that etcd has unless it is told otherwise; one more doubles the work. */
    public static final int DEFAULT_COST = 10;

    public static final int MIN_COST = 4;
    public static final int MAX_COST = 31;

    private static final int MAX_BYTES = 72;
    private static final BCrypt.Version VERSION = BCrypt.Version.VERSION_2A;

    /** The words of Go's library, which etcd sends as they are. */
    private static final Status TOO_LONG = Status.UNKNOWN.withDescription("bcrypt: password length exceeds 72 bytes");

    private final int cost;
    private final SecureRandom salts;

    public Passwords(int cost, SecureRandom salts) {
        if (cost < MIN_COST || cost > MAX_COST) {
            throw new IllegalArgumentException("bcrypt with a cost of " + cost);
        }
        this.cost = cost;
        this.salts = salts;
    }

    /** Refuses a password that {@link #hash} would refuse, at no cost. */
    void check(String password) {
        if (bytes(password).length > MAX_BYTES) {
            throw TOO_LONG.asRuntimeException();
        }
    }

    /** The hash of a password of at most 72 bytes, as text; takes long. */
    Bytes hash(String password) {
        check(password);
        return Bytes.wrap(BCrypt.with(VERSION, salts, LongPasswordStrategies.strict(VERSION))
                .hash(cost, bytes(password)));
    }

    /** Whether this password was hashed, by whichever version of bcrypt ($2a, $2b, $2y); takes long. */
    boolean matches(String password, Bytes hash) {
        return !hash.isEmpty()
                && BCrypt.verifyer(VERSION, LongPasswordStrategies.truncate(VERSION))
                        .verify(bytes(password), hash.array())
                        .verified;
    }

    private static byte[] bytes(String password) {
        return password.getBytes(StandardCharsets.UTF_8);
    }
}
