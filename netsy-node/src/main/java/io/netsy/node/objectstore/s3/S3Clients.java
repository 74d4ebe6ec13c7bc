package io.netsy.node.objectstore.s3;

import io.netsy.node.objectstore.S3Limits;
import io.netsy.node.objectstore.S3Settings;
import io.netsy.node.objectstore.S3Settings.Addressing;
import io.netsy.node.objectstore.S3Settings.Credentials;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.s3.LegacyMd5Plugin;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.StsClientBuilder;
import software.amazon.awssdk.services.sts.auth.StsAssumeRoleCredentialsProvider;
import software.amazon.awssdk.services.sts.model.AssumeRoleRequest;

/**
 * Builds the SDK's clients so that they do one request when told to do one.
 *
 * <p>No retries: they are this adapter's business, see {@link S3Requests}. Checksums only where S3 requires them or a
 * request brings one, and no chunked signing: trailing checksums are refused by part of the services that speak S3. No
 * {@code Expect: 100-continue}: it costs a round trip on every write.
 */
final class S3Clients {

    private S3Clients() {}

    /**
     * The clients and what they stand on; closing frees all of it.
     *
     * @param s3 the SDK's general client
     * @param small requests for small objects, without it
     */
    record Bundle(
            S3Client s3,
            S3SmallObjects small,
            SdkHttpClient http,
            @Nullable StsClient sts) implements AutoCloseable {
        @Override
        public void close() {
            small.close();
            s3.close();
            if (sts != null) {
                sts.close();
            }
            http.close();
        }
    }

    static Bundle build(S3Settings settings, String bucket) {
        SdkHttpClient http = httpClient(settings.limits());
        StsClient sts = needsSts(settings.access().credentials()) ? stsClient(settings, http) : null;
        S3ClientBuilder builder = S3Client.builder()
                .httpClient(http)
                .credentialsProvider(provider(settings.access().credentials(), sts))
                .serviceConfiguration(S3Configuration.builder()
                        .pathStyleAccessEnabled(isPathStyle(settings.access()))
                        .chunkedEncodingEnabled(false)
                        .expectContinueEnabled(false)
                        .build())
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .addPlugin(LegacyMd5Plugin.create())
                .overrideConfiguration(overrides(settings.limits()));
        if (settings.access().endpoint() != null) {
            builder.endpointOverride(settings.access().endpoint());
        }
        Region region = region(settings.access());
        if (region != null) {
            builder.region(region);
        }
        S3Client s3 = builder.build();
        S3SmallObjects small =
                new S3SmallObjects(s3, http, bucket, settings.limits().attemptTimeout());
        return new Bundle(s3, small, http, sts);
    }

    private static SdkHttpClient httpClient(S3Limits limits) {
        return UrlConnectionHttpClient.builder()
                .connectionTimeout(limits.connectTimeout())
                .socketTimeout(limits.attemptTimeout())
                .tlsTrustManagersProvider(() -> new TrustManager[] {new LazyTrust()})
                .build();
    }

    private static ClientOverrideConfiguration overrides(S3Limits limits) {
        return ClientOverrideConfiguration.builder()
                .retryStrategy(DefaultRetryStrategy.doNotRetry())
                .apiCallAttemptTimeout(limits.attemptTimeout())
                .build();
    }

    private static @Nullable Region region(S3Settings.Access access) {
        if (access.region() != null) {
            return Region.of(access.region());
        }
        return access.endpoint() == null ? null : Region.US_EAST_1;
    }

    private static boolean isPathStyle(S3Settings.Access access) {
        return access.addressing() == Addressing.PATH
                || (access.addressing() == Addressing.AUTOMATIC && access.endpoint() != null && !isAws(access));
    }

    private static boolean isAws(S3Settings.Access access) {
        return access.endpoint() != null && access.endpoint().getHost().endsWith(".amazonaws.com");
    }

    private static boolean needsSts(Credentials credentials) {
        return credentials instanceof Credentials.AssumedRole;
    }

    private static StsClient stsClient(S3Settings settings, SdkHttpClient http) {
        Credentials credentials = settings.access().credentials();
        Credentials base = credentials instanceof Credentials.AssumedRole role ? role.as() : credentials;
        StsClientBuilder builder = StsClient.builder().httpClient(http).credentialsProvider(provider(base, null));
        Region region = region(settings.access());
        if (region != null) {
            builder.region(region);
        }
        return builder.build();
    }

    private static AwsCredentialsProvider provider(Credentials credentials, @Nullable StsClient sts) {
        return switch (credentials) {
            case Credentials.DefaultChain chain ->
                DefaultCredentialsProvider.builder().build();
            case Credentials.Fixed fixed -> StaticCredentialsProvider.create(awsCredentials(fixed));
            case Credentials.AssumedRole role -> {
                if (sts == null) {
                    throw new IllegalArgumentException("a role can't be assumed by the credentials of another role");
                }
                yield StsAssumeRoleCredentialsProvider.builder()
                        .stsClient(sts)
                        .refreshRequest(AssumeRoleRequest.builder()
                                .roleArn(role.roleArn())
                                .externalId(role.externalId())
                                .roleSessionName(role.sessionName())
                                .build())
                        .build();
            }
        };
    }

    private static AwsCredentials awsCredentials(Credentials.Fixed fixed) {
        String token = fixed.sessionToken();
        return token == null
                ? AwsBasicCredentials.create(fixed.accessKeyId(), fixed.secretAccessKey())
                : AwsSessionCredentials.create(fixed.accessKeyId(), fixed.secretAccessKey(), token);
    }
}
