package io.netsy.node.objectstore;

import java.time.Duration;

/**
 * Times, sizes and numbers within which S3 is used.
 *
 * @param connectTimeout for a connection to stand
 * @param attemptTimeout for one request and its answer; a write that takes longer ends with its outcome unknown
 * @param callTimeout for a read or list with all its repetitions
 * @param connections at once, at most
 * @param parts how files are uploaded
 */
public record S3Limits(
        Duration connectTimeout, Duration attemptTimeout, Duration callTimeout, int connections, Parts parts) {

    private static final long MIB = 1 << 20;

    public S3Limits {
        requirePositive("connect timeout", connectTimeout);
        requirePositive("attempt timeout", attemptTimeout);
        requirePositive("call timeout", callTimeout);
        if (connections < 1) {
            throw new IllegalArgumentException("at least one connection is needed, not " + connections);
        }
    }

    public static S3Limits defaults() {
        return new S3Limits(
                Duration.ofSeconds(3),
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                64,
                new Parts(32 * MIB, 16 * MIB, 4, Duration.ofMinutes(2)));
    }

    /**
     * How files are uploaded. A file of more than 10,000 parts gets larger parts, as many as S3 allows.
     *
     * @param thresholdBytes the size from which a file is uploaded in parts
     * @param sizeBytes of a part; S3 wants at least 5 MiB
     * @param concurrency parts under way at once
     * @param timeout for one part
     */
    public record Parts(long thresholdBytes, long sizeBytes, int concurrency, Duration timeout) {
        public Parts {
            requirePositive("timeout of a part", timeout);
            if (thresholdBytes < 1 || sizeBytes < 1 || concurrency < 1) {
                throw new IllegalArgumentException("parts need a positive threshold, size and concurrency, not "
                        + thresholdBytes + ", " + sizeBytes + " and " + concurrency);
            }
        }
    }

    private static void requirePositive(String what, Duration duration) {
        if (!duration.isPositive()) {
            throw new IllegalArgumentException("the " + what + " must be positive, not " + duration);
        }
    }
}
