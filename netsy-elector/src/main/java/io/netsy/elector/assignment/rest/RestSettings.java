package io.netsy.elector.assignment.rest;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is asked, and how.
 *
 * @param base an http or https URL; a request's path is put after it
 * @param authorities PEM file of those who may sign the server's certificate, read again when it changes; null for those that
 *     Java trusts
 * @param patience for the whole of a request and its answer
 */
public record RestSettings(
        URI base, BearerToken token, @Nullable Path authorities, Duration patience) {
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    /** @throws IllegalArgumentException when the URL is none, or a token would travel in clear text */
    public RestSettings {
        boolean http = "http".equals(base.getScheme());
        if (base.getHost() == null || !(http || "https".equals(base.getScheme()))) {
            throw new IllegalArgumentException("'%s' is not a URL; write it as https://host:port/path".formatted(base));
        }
        if (base.getRawUserInfo() != null || base.getRawQuery() != null || base.getRawFragment() != null) {
            throw new IllegalArgumentException(
                    "the URL at %s has a user, a query or a fragment; a secret belongs into the token"
                            .formatted(base.getHost()));
        }
        if (http && !(token instanceof BearerToken.None) && !LOOPBACK.contains(base.getHost())) {
            throw new IllegalArgumentException("%s would get the token in clear text; use https".formatted(base));
        }
        if (!patience.isPositive()) {
            throw new IllegalArgumentException("a request to %s has no time at all: %s".formatted(base, patience));
        }
    }

    /** The URL without the slash at its end. */
    String prefix() {
        String text = base.toString();
        return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    }
}
