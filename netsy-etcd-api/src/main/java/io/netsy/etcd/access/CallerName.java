package io.netsy.etcd.access;

import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** What names the caller of a listener's calls when he brings no token. Safe for any thread. */
public enum CallerName {
    /** Nothing: he is nobody. */
    NONE,
    /** The common name of his verified certificate. */
    CERTIFICATE,
    /** The node that passed his call on, by {@link ForwardedUser}; for a listener that only nodes can reach. */
    FORWARDED;

    /** The JSON gateway's own certificate says nothing of its clients. */
    private static final Metadata.Key<String> GATEWAY =
            Metadata.Key.of("grpcgateway-accept", Metadata.ASCII_STRING_MARSHALLER);

    /** For a listener of clients: their certificates name them, or nothing does. */
    public static CallerName ofCertificates(boolean certificatesCount) {
        return certificatesCount ? CERTIFICATE : NONE;
    }

    /**
     * The caller's name; null when nothing names him.
     *
     * @throws io.netsy.etcd.error.EtcdException when what should name him can't be read
     */
    public @Nullable String of(ServerCall<?, ?> call, Metadata headers) {
        return switch (this) {
            case NONE -> null;
            case CERTIFICATE -> ofCertificate(call, headers);
            case FORWARDED -> ForwardedUser.read(headers);
        };
    }

    private static @Nullable String ofCertificate(ServerCall<?, ?> call, Metadata headers) {
        if (headers.containsKey(GATEWAY)) {
            return null;
        }
        SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
        return session == null ? null : CommonNames.of(session);
    }
}
