package io.netsy.etcd.access;

import io.grpc.Metadata;
import io.netsy.etcd.error.EtcdError;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The header in which one node tells another whom a client's certificate named, form-encoded so that any name is ASCII.
 *
 * <p>It is worth something only where nobody but a node could have put it: whoever takes calls from clients removes it.
 */
public final class ForwardedUser {
    private static final Metadata.Key<String> KEY =
            Metadata.Key.of("netsy-forwarded-user", Metadata.ASCII_STRING_MARSHALLER);

    private ForwardedUser() {}

    /** Names the user in a call's headers. */
    public static void put(Metadata headers, String name) {
        headers.put(KEY, URLEncoder.encode(name, StandardCharsets.UTF_8));
    }

    /** Takes out whatever a client has put there. */
    public static void remove(Metadata headers) {
        headers.discardAll(KEY);
    }

    /** The user's name, which may be empty; null when no node named one. */
    static @Nullable String read(Metadata headers) {
        String encoded = headers.get(KEY);
        if (encoded == null) {
            return null;
        }
        try {
            return URLDecoder.decode(encoded, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            throw EtcdError.INVALID_AUTH_TOKEN.exception();
        }
    }
}
