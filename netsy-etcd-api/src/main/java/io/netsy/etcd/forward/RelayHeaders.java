package io.netsy.etcd.forward;

import com.google.protobuf.UnsafeByteOperations;
import io.grpc.InternalMetadata;
import io.grpc.Metadata;
import io.netsy.etcd.access.ForwardedUser;
import io.netsy.etcd.proto.forward.ForwardedHeader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What of a call's headers goes on to the primary: all that the caller said, nothing that is of his connection. */
final class RelayHeaders {
    private static final Set<String> OF_THE_CONNECTION = Set.of(
            "connection",
            "content-length",
            "content-type",
            "host",
            "keep-alive",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "user-agent");

    private RelayHeaders() {}

    /** @param user whom the caller's certificate names; null when nothing does */
    static Metadata of(Metadata headers, @Nullable String user) {
        Set<Metadata.Key<?>> kept = headers.keys().stream()
                .filter(RelayHeaders::goesOn)
                .map(RelayHeaders::key)
                .collect(Collectors.toUnmodifiableSet());
        Metadata relayed = new Metadata();
        relayed.merge(headers, kept);
        ForwardedUser.remove(relayed);
        if (user != null) {
            ForwardedUser.put(relayed, user);
        }
        return relayed;
    }

    /** The same as they stand in a request of a stream. */
    static List<ForwardedHeader> listOf(Metadata headers, @Nullable String user) {
        Metadata own = new Metadata();
        if (user != null) {
            ForwardedUser.put(own, user);
        }
        List<ForwardedHeader> list = new ArrayList<>();
        addTo(list, headers);
        addTo(list, own);
        return list;
    }

    private static void addTo(List<ForwardedHeader> list, Metadata headers) {
        byte[][] namesAndValues = InternalMetadata.serialize(headers);
        for (int i = 0; i + 1 < namesAndValues.length; i += 2) {
            byte[] name = namesAndValues[i];
            if (goesOn(new String(name, StandardCharsets.US_ASCII))) {
                list.add(ForwardedHeader.newBuilder()
                        .setName(UnsafeByteOperations.unsafeWrap(name))
                        .setValue(UnsafeByteOperations.unsafeWrap(namesAndValues[i + 1]))
                        .build());
            }
        }
    }

    /** Names that begin with a colon are HTTP/2's own, those with grpc- are gRPC's. */
    private static boolean goesOn(String name) {
        return !name.startsWith(":") && !name.startsWith("grpc-") && !OF_THE_CONNECTION.contains(name);
    }

    private static Metadata.Key<?> key(String name) {
        return name.endsWith(Metadata.BINARY_HEADER_SUFFIX)
                ? Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER)
                : Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }
}
