package io.netsy.etcd.server.rpc;

import io.grpc.InternalMetadata;
import io.grpc.Metadata;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.port.StateSource;
import io.netsy.etcd.server.metrics.RpcMetrics;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Judges a call by its metadata before its handler sees it (etcd semantics, section 2). Safe for any thread. */
final class Admission {
    private static final Metadata.Key<String> HAS_LEADER =
            Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<byte[]> CLIENT_API_VERSION =
            InternalMetadata.keyOf("client-api-version", new RawBytes());
    private static final String UNKNOWN_VERSION = "unknown";

    private final StateSource state;
    private final RpcMetrics metrics;

    /** The version seen last: nearly all calls of a process come from one kind of client. */
    private volatile Version lastVersion = new Version(new byte[0], "");

    Admission(StateSource state, RpcMetrics metrics) {
        this.state = state;
        this.metrics = metrics;
    }

    /** Why the call is refused, or null. */
    @Nullable
    EtcdError refusal(Metadata headers, boolean stream) {
        String version = version(headers.get(CLIENT_API_VERSION));
        if (version == null) {
            return EtcdError.INVALID_CLIENT_API_VERSION;
        }
        metrics.clientRequest(version, stream);
        return needsLeader(headers) && !state.hasLeader() ? EtcdError.NO_LEADER : null;
    }

    /** Whether the client wants no answer, and no open stream, from a node that knows no leader. */
    static boolean needsLeader(Metadata headers) {
        return "true".equals(headers.get(HAS_LEADER));
    }

    /** The text of the version; null when it is not UTF-8. */
    private @Nullable String version(byte @Nullable [] raw) {
        if (raw == null) {
            return UNKNOWN_VERSION;
        }
        Version last = lastVersion;
        if (Arrays.equals(raw, last.raw)) {
            return last.text;
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(raw))
                    .toString();
            lastVersion = new Version(raw, text);
            return text;
        } catch (CharacterCodingException malformed) {
            return null;
        }
    }

    private static final class Version {
        private final byte[] raw;
        private final String text;

        Version(byte[] raw, String text) {
            this.raw = raw;
            this.text = text;
        }
    }

    /** The value's bytes as they came: gRPC's own marshallers would replace those that are not ASCII. */
    private static final class RawBytes implements InternalMetadata.TrustedAsciiMarshaller<byte[]> {
        @Override
        public byte[] toAsciiString(byte[] value) {
            return value;
        }

        @Override
        public byte[] parseAsciiString(byte[] serialized) {
            return serialized;
        }
    }
}
