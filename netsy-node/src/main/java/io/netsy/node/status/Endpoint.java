package io.netsy.node.status;

import io.netsy.node.config.HostPort;

/**
 * A client port to ask.
 *
 * @param secure whether it is asked over TLS
 */
public record Endpoint(HostPort address, boolean secure) {
    private static final String HTTP = "http://";
    private static final String HTTPS = "https://";

    /**
     * Reads {@code HOST:PORT}, or the same behind {@code http://} or {@code https://} as etcdctl takes it.
     *
     * @param secure whether one without a scheme is asked over TLS
     * @throws IllegalArgumentException saying what is wrong with it
     */
    public static Endpoint parse(String text, boolean secure) {
        if (text.startsWith(HTTPS)) {
            return new Endpoint(HostPort.parse(withoutSlash(text.substring(HTTPS.length()))), true);
        }
        if (text.startsWith(HTTP)) {
            return new Endpoint(HostPort.parse(withoutSlash(text.substring(HTTP.length()))), false);
        }
        return new Endpoint(HostPort.parse(text), secure);
    }

    private static String withoutSlash(String text) {
        return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    }

    /** The URL of a page on the same port. */
    String url(String path) {
        return (secure ? HTTPS : HTTP) + address + path;
    }

    @Override
    public String toString() {
        return address.toString();
    }
}
