package io.netsy.chaos.crash;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/**
 * A store that nodes are started on.
 *
 * @param arguments of {@code netsy start}
 * @param environment credentials and the like
 */
public record StoreUnderTest(String name, List<String> arguments, Map<String, String> environment) {
    public StoreUnderTest {
        arguments = List.copyOf(arguments);
        environment = Map.copyOf(environment);
    }

    /** A folder as store. */
    public static StoreUnderTest file(Path folder) {
        return new StoreUnderTest("file", List.of("--store", "file:" + folder), Map.of());
    }

    /**
     * A fresh prefix on the S3 server that the environment names: {@code NETSY_TEST_S3_ENDPOINT} and {@code
     * NETSY_TEST_S3_BUCKET}, with AWS's variables for the credentials. Without one the test is skipped, and says so.
     */
    static StoreUnderTest s3() {
        String endpoint = System.getenv("NETSY_TEST_S3_ENDPOINT");
        assumeTrue(endpoint != null, "NETSY_TEST_S3_ENDPOINT names no S3 server");
        String bucket = Objects.requireNonNullElse(System.getenv("NETSY_TEST_S3_BUCKET"), "netsy-test");
        return s3(URI.create(endpoint), bucket, Map.of());
    }

    /**
     * A fresh prefix on an S3 server.
     *
     * @param environment credentials in AWS's variables, on top of this process's own
     */
    public static StoreUnderTest s3(URI endpoint, String bucket, Map<String, String> environment) {
        return new StoreUnderTest(
                "s3",
                List.of(
                        "--store",
                        "s3://" + bucket + "/crash-" + UUID.randomUUID(),
                        "--s3-endpoint",
                        endpoint.toString(),
                        "--s3-path-style",
                        "--s3-region",
                        Objects.requireNonNullElse(System.getenv("AWS_REGION"), "us-east-1")),
                environment);
    }

    /** The same one on S3, by another way there. */
    public StoreUnderTest at(URI endpoint) {
        List<String> words = new ArrayList<>(arguments);
        words.set(words.indexOf("--s3-endpoint") + 1, endpoint.toString());
        return new StoreUnderTest(name, words, environment);
    }
}
