package io.netsy.node.objectstore.testkit;

import io.netsy.node.objectstore.ObjectStore;
import io.netsy.node.objectstore.S3Limits;
import io.netsy.node.objectstore.S3Settings;
import io.netsy.node.objectstore.StoreListener;
import io.netsy.node.objectstore.StoreSettings;
import io.netsy.node.objectstore.StoreUri;
import io.netsy.node.wiring.objectstore.ObjectStores;
import io.netsy.node.wiring.objectstore.StoreEnvironments;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A bucket that tests may write to, and how to reach it.
 *
 * @param endpoint null for AWS
 */
public record S3TestBucket(
        @Nullable URI endpoint, @Nullable String region, S3Settings.Credentials credentials, String bucket) {

    public static final long PART_BYTES = 5 << 20;

    /** The bucket that NETSY_TEST_S3_BUCKET and NETSY_TEST_S3_ENDPOINT name, with the AWS_* variables' credentials. */
    public static Optional<S3TestBucket> fromEnvironment() {
        Map<String, String> environment = System.getenv();
        String bucket = environment.get("NETSY_TEST_S3_BUCKET");
        if (bucket == null) {
            return Optional.empty();
        }
        String endpoint = environment.get("NETSY_TEST_S3_ENDPOINT");
        return Optional.of(new S3TestBucket(
                endpoint == null ? null : URI.create(endpoint),
                environment.get("AWS_REGION"),
                new S3Settings.Credentials.DefaultChain(),
                bucket));
    }

    /** Settings with short times and small parts. */
    public S3Settings settings() {
        return new S3Settings(
                new S3Settings.Access(endpoint, region, S3Settings.Addressing.AUTOMATIC, credentials),
                S3Settings.defaults().writes(),
                new S3Limits(
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(20),
                        Duration.ofSeconds(30),
                        64,
                        new S3Limits.Parts(PART_BYTES, PART_BYTES, 3, Duration.ofMinutes(1))));
    }

    /** A store under a prefix of the bucket. */
    public ObjectStore open(String prefix) {
        return open(prefix, StoreListener.NONE);
    }

    public ObjectStore open(String prefix, StoreListener listener) {
        return ObjectStores.open(
                new StoreSettings(new StoreUri.S3Uri(bucket, prefix), settings()),
                listener,
                StoreEnvironments.system());
    }
}
