package io.netsy.etcd.auth.token;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.grpc.Status;
import io.netsy.etcd.access.Caller;
import io.netsy.etcd.auth.token.TokenSettings.Jwt;
import io.netsy.etcd.state.AuthState;
import io.netsy.replication.model.AuthUser;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Signed tokens (RFC 7519) with the claims of etcd: {@code username}, {@code revision} (the auth revision when the token
 * was given) and {@code exp}. Nothing is remembered of them, so they outlive a restart, and die of the next auth change
 * by their revision.
 *
 * <p>Only the configured algorithm counts, whatever a token's header says. Tokens that were verified are kept, as they
 * are, so that a client's next call costs no second verification; their times are looked at each time.
 */
final class JwtTokens implements Tokens {
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
    private static final Base64.Decoder DECODER = Base64.getUrlDecoder();
    private static final int KEPT_TOKENS = 10_000;

    /** etcd's own words, which it sends as they are. */
    private static final Status VERIFY_ONLY =
            Status.UNKNOWN.withDescription("auth: token signing attempted with verify-only key");

    private final JwtAlgorithm algorithm;
    private final JwtSigner signer;
    private final Duration ttl;
    private final InstantSource clock;
    private final Cache<String, JwtClaims> verified =
            Caffeine.newBuilder().maximumSize(KEPT_TOKENS).build();

    private JwtTokens(Jwt settings, JwtSigner signer, InstantSource clock) {
        this.algorithm = settings.algorithm();
        this.signer = signer;
        this.ttl = settings.ttl();
        this.clock = clock;
    }

    static JwtTokens open(Jwt settings, InstantSource clock) throws TokenException {
        return new JwtTokens(settings, JwtKeys.read(settings), clock);
    }

    @Override
    public String issue(AuthUser user, AuthState auth, long index) {
        if (!signer.canSign()) {
            throw VERIFY_ONLY.asRuntimeException();
        }
        String head = encode(JwtClaims.header(algorithm.headerName()));
        String claims = encode(
                JwtClaims.of(user.name(), auth.revision(), clock.instant().plus(ttl)));
        String content = head + '.' + claims;
        return content + '.' + ENCODER.encodeToString(signer.sign(content.getBytes(StandardCharsets.US_ASCII)));
    }

    private static String encode(String json) {
        return ENCODER.encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public @Nullable Caller read(String token, AuthState auth) {
        JwtClaims claims = verified.getIfPresent(token);
        if (claims == null) {
            claims = verify(token);
            if (claims == null) {
                return null;
            }
            verified.put(token, claims);
        }
        return claims.isValidAt(clock.instant()) ? new Caller(claims.user(), claims.authRevision()) : null;
    }

    private @Nullable JwtClaims verify(String token) {
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3) {
            return null;
        }
        try {
            String head = new String(DECODER.decode(parts[0]), StandardCharsets.UTF_8);
            if (!algorithm.headerName().equals(JwtClaims.algorithmOf(head))) {
                return null;
            }
            byte[] content = token.substring(0, token.lastIndexOf('.')).getBytes(StandardCharsets.US_ASCII);
            if (!signer.verifies(content, DECODER.decode(parts[2]))) {
                return null;
            }
            return JwtClaims.parse(new String(DECODER.decode(parts[1]), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException malformed) {
            return null;
        }
    }

    /** Nothing: a change of auth raises the revision, which ends tokens of users; and those are good for a while at most. */
    @Override
    public void forgetAll() {}
}
