package io.netsy.node.objectstore.s3;

import io.netsy.node.objectstore.StoredObject;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.IdentityProvider;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * The requests that commits and recoveries wait for: one PUT or GET of bytes in memory, by the SDK's signer and HTTP client
 * without what its general client does between the two. That costs three times the processor time of both, most of it in code
 * that a young node still interprets, and a request into one bucket needs none of it: address, signing scheme and headers are
 * known before.
 *
 * <p>What comes back is what the general client returns or throws, so that faults are told apart in one place. Safe for use
 * by many threads.
 */
final class S3SmallObjects implements AutoCloseable {

    private static final String PLACEHOLDER = "k";

    private final SdkHttpClient http;
    private final IdentityProvider<? extends AwsCredentialsIdentity> credentials;
    private final String region;
    private final SdkHttpRequest root;
    private final Duration timeout;
    private final AwsV4HttpSigner signer = AwsV4HttpSigner.create();
    private final ScheduledThreadPoolExecutor watchdog = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().name("s3-request-timeout").daemon().factory());

    /**
     * Prepares requests into a bucket.
     *
     * @param s3 knows the bucket's address, the region and who asks
     * @param timeout for one request and its answer
     */
    S3SmallObjects(S3Client s3, SdkHttpClient http, String bucket, Duration timeout) {
        this.http = http;
        this.credentials = s3.serviceClientConfiguration().credentialsProvider();
        this.region = s3.serviceClientConfiguration().region().id();
        this.root = rootOf(s3, bucket);
        this.timeout = timeout;
        watchdog.setRemoveOnCancelPolicy(true);
    }

    private static SdkHttpRequest rootOf(S3Client s3, String bucket) {
        try {
            URI address = s3.utilities()
                    .getUrl(url -> url.bucket(bucket).key(PLACEHOLDER))
                    .toURI();
            SdkHttpRequest request = SdkHttpRequest.builder()
                    .method(SdkHttpMethod.PUT)
                    .uri(address)
                    .build();
            String path = request.encodedPath();
            return request.toBuilder()
                    .encodedPath(path.substring(0, path.length() - PLACEHOLDER.length()))
                    .build();
        } catch (URISyntaxException e) {
            throw new IllegalStateException("the SDK made an address that is none", e);
        }
    }

    /**
     * Sends one PUT and waits for its answer.
     *
     * @param keyInBucket of characters that an address may hold as they are
     * @param headers with the condition, the checksum and the wishes for the object
     * @return the ETag of the answer, null if it has none
     */
    @Nullable
    String put(String keyInBucket, Map<String, String> headers, ByteBuffer... body) {
        RequestBody payload = Bodies.of(body);
        SdkHttpRequest.Builder request = requestFor(SdkHttpMethod.PUT, keyInBucket)
                .putHeader("Content-Length", Long.toString(Bodies.sizeOf(body)))
                .putHeader("Content-Type", Bodies.CONTENT_TYPE);
        headers.forEach(request::putHeader);
        return send(sign(request.build(), payload.contentStreamProvider()), S3SmallObjects::eTagOf)
                .orElse(null);
    }

    /**
     * Sends one GET and waits for the whole object.
     *
     * @param keyInBucket of characters that an address may hold as they are
     */
    StoredObject get(String keyInBucket) {
        SdkHttpRequest request = requestFor(SdkHttpMethod.GET, keyInBucket).build();
        return send(sign(request, null), WholeObject::read);
    }

    private SdkHttpRequest.Builder requestFor(SdkHttpMethod method, String keyInBucket) {
        return root.toBuilder()
                .method(method)
                .encodedPath(root.encodedPath() + keyInBucket)
                .putHeader("User-Agent", "netsy");
    }

    /** A body is signed too, except where TLS keeps it whole; its checksum goes along in any case. */
    private ExecutableHttpRequest sign(SdkHttpRequest request, @Nullable ContentStreamProvider payload) {
        AwsCredentialsIdentity identity = credentials.resolveIdentity().join();
        SignedRequest signed = signer.sign(sign -> sign.identity(identity)
                .request(request)
                .payload(payload)
                .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "s3")
                .putProperty(AwsV4HttpSigner.REGION_NAME, region)
                .putProperty(AwsV4HttpSigner.DOUBLE_URL_ENCODE, false)
                .putProperty(AwsV4HttpSigner.NORMALIZE_PATH, false)
                .putProperty(AwsV4HttpSigner.CHUNK_ENCODING_ENABLED, false)
                .putProperty(
                        AwsV4HttpSigner.PAYLOAD_SIGNING_ENABLED,
                        !request.protocol().equals("https")));
        HttpExecuteRequest.Builder ready = HttpExecuteRequest.builder().request(signed.request());
        signed.payload().ifPresent(ready::contentStreamProvider);
        return http.prepareRequest(ready.build());
    }

    /** Reads what a successful answer says. */
    private interface Reader<T> {
        T read(SdkHttpResponse answer, AbortableInputStream body) throws IOException;
    }

    private <T> T send(ExecutableHttpRequest request, Reader<T> reader) {
        AtomicBoolean late = new AtomicBoolean();
        Future<?> alarm = watchdog.schedule(
                () -> {
                    late.set(true);
                    request.abort();
                },
                timeout.toNanos(),
                TimeUnit.NANOSECONDS);
        try {
            T answer = answerOf(request.call(), reader);
            // An answer that was cut off by the alarm may read as if it had ended.
            if (!late.get()) {
                return answer;
            }
        } catch (IOException e) {
            if (!late.get()) {
                throw SdkClientException.create("the request got no whole answer", e);
            }
        } finally {
            alarm.cancel(false);
        }
        throw ApiCallAttemptTimeoutException.create(timeout.toMillis());
    }

    /** Reads the answer to its end, so that the connection can be used again. */
    private static <T> T answerOf(HttpExecuteResponse response, Reader<T> reader) throws IOException {
        try (AbortableInputStream body = response.responseBody().orElseGet(AbortableInputStream::createEmpty)) {
            if (!response.httpResponse().isSuccessful()) {
                throw S3ErrorAnswer.exception(response.httpResponse(), body.readAllBytes());
            }
            T answer = reader.read(response.httpResponse(), body);
            body.readAllBytes();
            return answer;
        }
    }

    private static Optional<String> eTagOf(SdkHttpResponse answer, AbortableInputStream body) {
        return answer.firstMatchingHeader("ETag");
    }

    @Override
    public void close() {
        watchdog.shutdownNow();
    }
}
