package io.netsy.bench.lab;

import io.netsy.bench.clock.NanoClock;
import io.netsy.bench.stats.LatencyHistogram;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.SplittableRandom;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A plain S3 client that puts new objects one after the other, as a node that commits does, and takes the time of each.
 * Requests are signed with AWS Signature Version 4; signing is not part of the time.
 */
final class PutTimer implements AutoCloseable {
    private static final Duration REQUEST_LIMIT = Duration.ofSeconds(30);
    private static final DateTimeFormatter TIMESTAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final String SIGNED_HEADERS = "host;if-none-match;x-amz-content-sha256;x-amz-date";

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String host;
    private final NanoClock clock;
    private final Clock wallClock;

    /** @param port of the S3 server, or of a proxy before it, on loopback */
    PutTimer(int port, NanoClock clock, Clock wallClock) {
        this.host = "127.0.0.1:" + port;
        this.clock = clock;
        this.wallClock = wallClock;
    }

    /**
     * The times of a number of PUTs.
     *
     * @param prefix below which there is no object yet
     */
    LatencyHistogram measure(String prefix, int sizeBytes, int count) throws IOException, InterruptedException {
        byte[] body = new byte[sizeBytes];
        SplittableRandom random = new SplittableRandom(sizeBytes);
        LatencyHistogram times = new LatencyHistogram();
        for (int i = 0; i < count; i++) {
            random.nextBytes(body);
            HttpRequest request = signed("/%s/%s/%d".formatted(S3Server.BUCKET, prefix, i), body);
            long begun = clock.nanos();
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            times.record(clock.nanos() - begun);
            if (answer.statusCode() != 200) {
                throw new IOException("PUT %s: %d %s".formatted(request.uri(), answer.statusCode(), answer.body()));
            }
        }
        return times;
    }

    private HttpRequest signed(String path, byte[] body) {
        String timestamp = TIMESTAMP.format(wallClock.instant());
        String bodyHash = hex(sha256(body));
        String canonical = String.join(
                "\n",
                "PUT",
                path,
                "",
                "host:" + host,
                "if-none-match:*",
                "x-amz-content-sha256:" + bodyHash,
                "x-amz-date:" + timestamp,
                "",
                SIGNED_HEADERS,
                bodyHash);
        String scope = "%s/%s/s3/aws4_request".formatted(timestamp.substring(0, 8), S3Server.REGION);
        String toSign = String.join(
                "\n", "AWS4-HMAC-SHA256", timestamp, scope, hex(sha256(canonical.getBytes(StandardCharsets.UTF_8))));
        byte[] key = ("AWS4" + S3Server.SECRET).getBytes(StandardCharsets.UTF_8);
        for (String part : scope.split("/", -1)) {
            key = hmac(key, part);
        }
        return HttpRequest.newBuilder(URI.create("http://" + host + path))
                .timeout(REQUEST_LIMIT)
                .header("If-None-Match", "*")
                .header("x-amz-content-sha256", bodyHash)
                .header("x-amz-date", timestamp)
                .header(
                        "Authorization",
                        "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s"
                                .formatted(S3Server.USER, scope, SIGNED_HEADERS, hex(hmac(key, toSign))))
                .PUT(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
