package io.netsy.bench.load;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;

/**
 * The address of one server.
 *
 * @param tls whether the server speaks TLS; asked for by {@code https://}
 */
public record Endpoint(String host, int port, boolean tls) {
    public Endpoint {
        if (host.isEmpty() || port < 1 || port > 65_535) {
            throw new IllegalArgumentException("endpoint %s:%d has no host or no valid port".formatted(host, port));
        }
    }

    /**
     * Reads {@code [http://|https://]HOST:PORT}; an IPv6 address stands in brackets.
     *
     * @throws IllegalArgumentException when the text is something else
     */
    public static Endpoint parse(String text) {
        String address = text.strip();
        boolean tls = address.toLowerCase(Locale.ROOT).startsWith("https://");
        int scheme = address.indexOf("://");
        String rest = scheme < 0 ? address : address.substring(scheme + 3);
        int colon = rest.lastIndexOf(':');
        if (colon < 1) {
            throw new IllegalArgumentException("endpoint '%s' is not [http://|https://]HOST:PORT".formatted(text));
        }
        String host = rest.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        return new Endpoint(host, portOf(text, rest.substring(colon + 1)), tls);
    }

    /** Reads several, separated by commas. */
    public static List<Endpoint> parseAll(String text) {
        return List.of(text.split(",", -1)).stream().map(Endpoint::parse).toList();
    }

    private static int portOf(String endpoint, String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException _) {
            throw new IllegalArgumentException("endpoint '%s': port '%s' is no number".formatted(endpoint, text));
        }
    }

    /** The address to connect to; the host's name is looked up now. */
    public InetSocketAddress address() {
        return new InetSocketAddress(host, port);
    }

    @Override
    public String toString() {
        return (tls ? "https://" : "") + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
