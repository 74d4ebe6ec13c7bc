package io.netsy.etcd.access;

import io.grpc.Context;
import io.grpc.Metadata;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * What a call brought along to say who makes it; a token goes before a certificate.
 *
 * <p>{@link AccessInterceptor} puts it into the call's gRPC context, which the handler's first thread has and no other:
 * whoever needs it later takes it then.
 *
 * @param token as it was sent, without {@code "Bearer "}
 * @param commonName of the verified client certificate; null when there is none, or when it does not count
 */
public record Credentials(@Nullable String token, @Nullable String commonName) {
    /** Nothing that says who calls. */
    public static final Credentials NONE = new Credentials(null, null);

    private static final Context.Key<Credentials> KEY = Context.key("netsy-credentials");
    private static final Metadata.Key<String> TOKEN = Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final String BEARER = "Bearer ";

    /** Those of the call that this thread handles. */
    public static Credentials current() {
        Credentials credentials = KEY.get();
        return credentials == null ? NONE : credentials;
    }

    /** Those of a token in the form of the {@code authorization} header, which may begin with "Bearer ". */
    public static Credentials ofToken(String token) {
        return new Credentials(token.startsWith(BEARER) ? token.substring(BEARER.length()) : token, null);
    }

    /** The token in a call's metadata, else the certificate's name. */
    static Credentials of(Metadata headers, @Nullable String commonName) {
        String token = first(headers, TOKEN);
        if (token == null) {
            token = first(headers, AUTHORIZATION);
        }
        if (token != null) {
            return ofToken(token);
        }
        return commonName == null ? NONE : new Credentials(null, commonName);
    }

    /** The token in a call's metadata; null for none. */
    public static @Nullable String tokenIn(Metadata headers) {
        return of(headers, null).token();
    }

    private static @Nullable String first(Metadata headers, Metadata.Key<String> key) {
        Iterable<String> all = headers.getAll(key);
        Iterator<String> values = all == null ? null : all.iterator();
        return values != null && values.hasNext() ? values.next() : null;
    }

    /** The context of now, and these in it as {@link #current}. */
    Context inContext() {
        return Context.current().withValue(KEY, this);
    }

    /** Leaves the token out. */
    @Override
    public String toString() {
        return "Credentials[token=%s, commonName=%s]".formatted(token == null ? "none" : "given", commonName);
    }
}
