package io.netsy.node.config;

/** A host and a TCP port: where a listener binds, port 0 being any free one. */
public record HostPort(String host, int port) {
    private static final int MAX_PORT = 65_535;

    public HostPort {
        if (host.isBlank() || host.contains("/") || host.contains(" ")) {
            throw new IllegalArgumentException("'" + host + "' is not a host name or address");
        }
        if (port < 0 || port > MAX_PORT) {
            throw new IllegalArgumentException("port " + port + " is not between 0 and " + MAX_PORT);
        }
    }

    /** Reads {@code host:port}, {@code [IPv6]:port}, or {@code :port} for every address of the machine. */
    public static HostPort parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("'" + text + "' has no port; write it as 127.0.0.1:2379");
        }
        String host = text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            throw new IllegalArgumentException("'" + text + "' is ambiguous; write an IPv6 address as [::1]:2379");
        }
        return new HostPort(host.isEmpty() ? "0.0.0.0" : host, port(text, text.substring(colon + 1)));
    }

    /** Whether the listener is reachable by every address of the machine, so that the host names none of them. */
    public boolean isWildcard() {
        return host.equals("0.0.0.0") || host.equals("::");
    }

    @Override
    public String toString() {
        return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
    }

    private static int port(String text, String digits) {
        try {
            return Integer.parseInt(digits);
        } catch (NumberFormatException malformed) {
            throw new IllegalArgumentException("'" + digits + "' in '" + text + "' is not a port number", malformed);
        }
    }
}
