package io.netsy.etcd.server.gateway;

import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.netsy.etcd.server.web.HttpExchange;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What of a request's headers goes on as metadata: the token in {@code Authorization}, and whatever a client puts behind
 * {@code Grpc-Metadata-}. Nothing of the connection does; its certificate in particular says nothing of the caller
 * (etcd semantics, section 17).
 */
final class GatewayMetadata {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final String PREFIX = "grpc-metadata-";
    private static final String TIMEOUT_HEADER = "Grpc-Timeout";
    private static final Pattern NAME = Pattern.compile("[0-9a-z_.-]+");
    private static final Pattern TIMEOUT = Pattern.compile("(\\d{1,18})([HMSmun])");

    private GatewayMetadata() {}

    static Metadata of(HttpExchange exchange) {
        Metadata metadata = new Metadata();
        String token = exchange.header("Authorization");
        if (token != null && isText(token)) {
            metadata.put(AUTHORIZATION, token);
        }
        for (Map.Entry<String, String> header : exchange.headers()) {
            String name = header.getKey().toLowerCase(Locale.ROOT);
            if (name.startsWith(PREFIX)) {
                put(metadata, name.substring(PREFIX.length()), header.getValue());
            }
        }
        return metadata;
    }

    /** Names that gRPC keeps for itself are passed over. */
    private static void put(Metadata metadata, String name, String value) {
        if (!NAME.matcher(name).matches() || name.startsWith("grpc-")) {
            return;
        }
        if (name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
            metadata.put(Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER), decode(name, value));
        } else if (isText(value)) {
            metadata.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
        }
    }

    private static byte[] decode(String name, String value) {
        try {
            return Base64.getDecoder().decode(value);
        } catch (IllegalArgumentException malformed) {
            throw invalid("invalid binary header " + name + ": " + malformed.getMessage());
        }
    }

    private static boolean isText(String value) {
        return value.chars().allMatch(letter -> letter >= ' ' && letter <= '~');
    }

    /** The deadline that the client set in gRPC's own notation, if it did. */
    static CallOptions options(HttpExchange exchange) {
        String timeout = exchange.header(TIMEOUT_HEADER);
        if (timeout == null) {
            return CallOptions.DEFAULT;
        }
        Matcher parts = TIMEOUT.matcher(timeout);
        TimeUnit unit = parts.matches() ? unit(parts.group(2)) : null;
        if (unit == null) {
            throw invalid("invalid grpc-timeout: " + timeout);
        }
        return CallOptions.DEFAULT.withDeadlineAfter(Long.parseLong(parts.group(1)), unit);
    }

    private static @Nullable TimeUnit unit(String letter) {
        return switch (letter) {
            case "H" -> TimeUnit.HOURS;
            case "M" -> TimeUnit.MINUTES;
            case "S" -> TimeUnit.SECONDS;
            case "m" -> TimeUnit.MILLISECONDS;
            case "u" -> TimeUnit.MICROSECONDS;
            case "n" -> TimeUnit.NANOSECONDS;
            default -> null;
        };
    }

    private static StatusRuntimeException invalid(String text) {
        return Status.INVALID_ARGUMENT.withDescription(text).asRuntimeException();
    }
}
