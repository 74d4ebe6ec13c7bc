package io.netsy.etcd.auth.token;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.netsy.replication.model.Bytes;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a JWT says.
 *
 * @param expiresSeconds since 1970; from then on the token is not good; null is never
 * @param notBeforeSeconds since 1970; null is at any time
 */
record JwtClaims(
        Bytes user,
        long authRevision,
        @Nullable Double expiresSeconds,
        @Nullable Double notBeforeSeconds) {
    private static final double MILLIS = 1_000;

    /** The text of a token's header. */
    static String header(String algorithm) {
        JsonObject header = new JsonObject();
        header.addProperty("alg", algorithm);
        header.addProperty("typ", "JWT");
        return header.toString();
    }

    /** The text of a user's claims. */
    static String of(Bytes user, long authRevision, Instant expires) {
        JsonObject claims = new JsonObject();
        claims.addProperty("exp", expires.getEpochSecond());
        claims.addProperty("revision", authRevision);
        claims.addProperty("username", new String(user.array(), StandardCharsets.UTF_8));
        return claims.toString();
    }

    /** The algorithm that a header names, or null. */
    static @Nullable String algorithmOf(String header) {
        JsonElement algorithm = object(header).get("alg");
        return isText(algorithm) ? algorithm.getAsString() : null;
    }

    /** Claims of which user and revision are there and of their types; else an IllegalArgumentException. */
    static JwtClaims parse(String text) {
        JsonObject claims = object(text);
        JsonElement user = claims.get("username");
        Double revision = number(claims, "revision");
        if (!isText(user) || revision == null || revision < 0) {
            throw new IllegalArgumentException("no user or no revision");
        }
        return new JwtClaims(
                Bytes.utf8(user.getAsString()), revision.longValue(), number(claims, "exp"), number(claims, "nbf"));
    }

    private static JsonObject object(String text) {
        try {
            JsonElement parsed = JsonParser.parseString(text);
            if (!parsed.isJsonObject()) {
                throw new IllegalArgumentException("no JSON object");
            }
            return parsed.getAsJsonObject();
        } catch (JsonParseException | StackOverflowError malformed) {
            throw new IllegalArgumentException("no JSON", malformed);
        }
    }

    private static boolean isText(@Nullable JsonElement element) {
        return element instanceof JsonPrimitive primitive && primitive.isString();
    }

    private static @Nullable Double number(JsonObject claims, String name) {
        JsonElement element = claims.get(name);
        if (element == null || element.isJsonNull()) {
            return null;
        }
        if (element instanceof JsonPrimitive primitive && primitive.isNumber()) {
            return primitive.getAsDouble();
        }
        throw new IllegalArgumentException(name + " is no number");
    }

    boolean isValidAt(Instant now) {
        double seconds = now.toEpochMilli() / MILLIS;
        return (expiresSeconds == null || seconds < expiresSeconds)
                && (notBeforeSeconds == null || seconds >= notBeforeSeconds);
    }
}
