package io.netsy.etcd.auth.token;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which tokens are given to users who sign in, as etcd's {@code --auth-token} says it. */
public sealed interface TokenSettings {
    /** How long a simple token lives after its last use, unless said otherwise. */
    Duration DEFAULT_SIMPLE_TTL = Duration.ofMinutes(5);

    /** Random tokens in this process' memory. */
    record Simple(Duration ttl) implements TokenSettings {
        public Simple {
            requirePositive(ttl);
        }
    }

    /**
     * Signed tokens that any node with the key reads.
     *
     * @param publicKey a PEM file; alone, tokens are read and never given. Not used with HS
     * @param privateKey a PEM file; with HS any bytes
     * @param ttl from the moment on when a token is given
     */
    record Jwt(
            JwtAlgorithm algorithm,
            @Nullable Path publicKey,
            @Nullable Path privateKey,
            Duration ttl) implements TokenSettings {
        private static final Duration DEFAULT_TTL = Duration.ofMinutes(5);

        public Jwt {
            requirePositive(ttl);
            if (privateKey == null && (algorithm.isSymmetric() || publicKey == null)) {
                throw new IllegalArgumentException("a key is missing; add " + PRIVATE_KEY + "=FILE");
            }
        }
    }

    /** The option of the file with the key that signs. */
    String PRIVATE_KEY = "priv-key";

    private static void requirePositive(Duration ttl) {
        if (!ttl.isPositive()) {
            throw new IllegalArgumentException("a token that lives for " + ttl + " is of no use");
        }
    }

    /**
     * Reads {@code simple}, or {@code jwt,sign-method=…} with {@code pub-key}, {@code priv-key} and {@code ttl}.
     *
     * @param simpleTtl of simple tokens
     * @throws IllegalArgumentException when it is neither; the message says why
     */
    static TokenSettings parse(String text, Duration simpleTtl) {
        List<String> parts = List.of(text.split(",", -1));
        return switch (parts.getFirst()) {
            case "simple" -> {
                if (parts.size() > 1) {
                    throw new IllegalArgumentException("simple tokens have no options: '" + text + "'");
                }
                yield new Simple(simpleTtl);
            }
            case "jwt" -> jwt(options(parts.subList(1, parts.size())));
            default ->
                throw new IllegalArgumentException(
                        "'" + parts.getFirst() + "' is no kind of token; write simple or jwt,sign-method=RS256,…");
        };
    }

    private static Map<String, String> options(List<String> parts) {
        Map<String, String> options = new HashMap<>();
        for (String part : parts) {
            int equals = part.indexOf('=');
            if (equals < 0 || options.put(part.substring(0, equals), part.substring(equals + 1)) != null) {
                throw new IllegalArgumentException("'" + part + "' is no option, or is given twice; write name=value");
            }
        }
        return options;
    }

    private static Jwt jwt(Map<String, String> options) {
        String method = options.remove("sign-method");
        String publicKey = options.remove("pub-key");
        String privateKey = options.remove(PRIVATE_KEY);
        String ttl = options.remove("ttl");
        if (!options.isEmpty()) {
            throw new IllegalArgumentException("jwt has no option " + options.keySet()
                    + "; it has sign-method, pub-key, " + PRIVATE_KEY + " and ttl");
        }
        if (method == null) {
            throw new IllegalArgumentException("sign-method is missing, for example sign-method=RS256");
        }
        return new Jwt(
                JwtAlgorithm.parse(method),
                path(publicKey),
                path(privateKey),
                ttl == null ? Jwt.DEFAULT_TTL : GoDuration.parse(ttl));
    }

    private static @Nullable Path path(@Nullable String text) {
        return text == null || text.isEmpty() ? null : Path.of(text);
    }
}
