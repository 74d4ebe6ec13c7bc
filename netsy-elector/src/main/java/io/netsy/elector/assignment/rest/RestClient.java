package io.netsy.elector.assignment.rest;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Sends one request at a time and waits for the whole answer, within the time given and a bounded size. Nothing is repeated
 * and no redirect is followed. For one thread; {@link #close} for any.
 */
public final class RestClient implements AutoCloseable {
    private static final long LARGEST_ANSWER_BYTES = 1 << 20;

    private final RestSettings settings;
    private final @Nullable TrustedAuthorities authorities;
    private @Nullable SSLContext trusted;
    private volatile @Nullable HttpClient client;

    public RestClient(RestSettings settings) {
        this.settings = settings;
        this.authorities = settings.authorities() == null ? null : new TrustedAuthorities(settings.authorities());
    }

    /** Who is asked, for messages. */
    public String describe() {
        return settings.prefix();
    }

    /**
     * Asks, and answers whatever came back.
     *
     * @param path what is put after the base URL, with its query
     * @param body JSON; null for none
     * @throws RestException when no whole answer came in time
     */
    public RestAnswer send(String method, String path, @Nullable String body) throws RestException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(settings.prefix() + path))
                .timeout(settings.patience())
                .header("Accept", "application/json");
        settings.token().read().ifPresent(token -> request.header("Authorization", "Bearer " + token));
        if (body == null) {
            request.method(method, HttpRequest.BodyPublishers.noBody());
        } else {
            request.header("Content-Type", "application/json")
                    .method(method, HttpRequest.BodyPublishers.ofString(body));
        }
        return await(
                current()
                        .sendAsync(
                                request.build(),
                                BodyHandlers.limiting(
                                        BodyHandlers.ofString(StandardCharsets.UTF_8), LARGEST_ANSWER_BYTES)),
                method);
    }

    /** Waits for the body, too: the request's own time-out ends with the headers. */
    private RestAnswer await(CompletableFuture<HttpResponse<String>> sent, String method) throws RestException {
        try {
            HttpResponse<String> response = sent.get(settings.patience().toNanos(), TimeUnit.NANOSECONDS);
            return new RestAnswer(response.statusCode(), response.body());
        } catch (TimeoutException e) {
            sent.cancel(true);
            throw failure(
                    method,
                    "no answer within %d ms".formatted(settings.patience().toMillis()));
        } catch (ExecutionException e) {
            throw failure(method, reason(e.getCause()));
        } catch (InterruptedException e) {
            sent.cancel(true);
            Thread.currentThread().interrupt();
            throw failure(method, "interrupted");
        }
    }

    private RestException failure(String method, String reason) {
        return new RestException("%s %s: %s".formatted(method, describe(), reason));
    }

    /** The first message down the causes: Java's own wraps them in exceptions that say nothing. */
    private static String reason(@Nullable Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof java.net.http.HttpTimeoutException) {
                return "no answer in time";
            }
            if (cause instanceof IOException && cause.getMessage() != null) {
                return cause.getMessage().lines().findFirst().orElse("");
            }
        }
        return failure == null ? "failed" : failure.getClass().getSimpleName();
    }

    private HttpClient current() throws RestException {
        TrustedAuthorities file = authorities;
        SSLContext context = file == null ? null : file.current();
        HttpClient known = client;
        if (known != null && Objects.equals(context, trusted)) {
            return known;
        }
        if (known != null) {
            known.shutdown();
        }
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(settings.patience());
        if (context != null) {
            builder.sslContext(context);
        }
        HttpClient opened = builder.build();
        client = opened;
        trusted = context;
        return opened;
    }

    /** Ends what is under way as a failure. */
    @Override
    public void close() {
        HttpClient open = client;
        if (open != null) {
            open.shutdownNow();
        }
    }
}
