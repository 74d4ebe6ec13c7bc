package io.netsy.node.objectstore;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * How to talk to an S3-compatible service; which bucket is in the {@link StoreUri.S3Uri}.
 *
 * @param access where the service is and who asks
 * @param writes what is asked for each object that is written
 * @param limits times, sizes and numbers
 */
public record S3Settings(Access access, Writes writes, S3Limits limits) {

    /** AWS, found by the environment: region and credentials of the default chains. */
    public static S3Settings defaults() {
        return new S3Settings(
                new Access(null, null, Addressing.AUTOMATIC, new Credentials.DefaultChain()),
                new Writes(null, new Encryption.BucketDefault()),
                S3Limits.defaults());
    }

    /**
     * Where the service is and who asks.
     *
     * @param endpoint of another service than AWS, with http or https; null for AWS
     * @param region null for that of the environment, or us-east-1 where an endpoint is given
     */
    public record Access(
            @Nullable URI endpoint, @Nullable String region, Addressing addressing, Credentials credentials) {
        public Access {
            if (endpoint != null && (!isHttp(endpoint) || endpoint.getHost() == null)) {
                throw new IllegalArgumentException("S3 endpoint \"" + endpoint
                        + "\" is no http:// or https:// address of a host, like https://s3.example.com:9000");
            }
            if (region != null && !region.matches("[A-Za-z0-9-]+")) {
                throw new IllegalArgumentException("\"" + region + "\" is no region, like eu-central-1");
            }
        }

        private static boolean isHttp(URI endpoint) {
            return "http".equalsIgnoreCase(endpoint.getScheme()) || "https".equalsIgnoreCase(endpoint.getScheme());
        }
    }

    /** How the bucket is named in the address. */
    public enum Addressing {
        /** By the host for AWS, by the path for every other endpoint. */
        AUTOMATIC,
        /** {@code https://host/bucket/key}. */
        PATH,
        /** {@code https://bucket.host/key}. */
        VIRTUAL_HOST
    }

    /** Who asks. */
    public sealed interface Credentials {

        /**
         * The SDK's chain: environment, profile files, web identity (IRSA), container, instance profile; see
         * {@code DefaultCredentialsProvider} of the AWS SDK for Java 2.x.
         */
        record DefaultChain() implements Credentials {}

        /** A fixed key; never shown. */
        record Fixed(
                String accessKeyId,
                String secretAccessKey,
                @Nullable String sessionToken) implements Credentials {
            @Override
            public String toString() {
                return "Fixed[accessKeyId=" + accessKeyId + ", secretAccessKey=***]";
            }
        }

        /**
         * A role that is assumed through STS, and assumed again before it expires.
         *
         * @param as who assumes it
         * @param sessionName what the audit trail of AWS shows
         */
        record AssumedRole(
                Credentials as, String roleArn, @Nullable String externalId, String sessionName)
                implements Credentials {
            public AssumedRole {
                if (!roleArn.startsWith("arn:")) {
                    throw new IllegalArgumentException(
                            "\"" + roleArn + "\" is no role ARN, like arn:aws:iam::123456789012:role/netsy");
                }
            }
        }
    }

    /**
     * What is asked for each object that is written.
     *
     * @param storageClass by its S3 name, like STANDARD_IA; null for the bucket's default
     */
    public record Writes(@Nullable String storageClass, Encryption encryption) {}

    /** Who encrypts objects at rest. */
    public sealed interface Encryption {
        /** As the bucket is set up. */
        record BucketDefault() implements Encryption {}

        /** SSE-S3: keys of the service. */
        record ManagedByS3() implements Encryption {}

        /**
         * SSE-KMS.
         *
         * @param keyId id, ARN or alias; null for the account's own key for S3
         */
        record ManagedByKms(@Nullable String keyId) implements Encryption {}
    }
}
