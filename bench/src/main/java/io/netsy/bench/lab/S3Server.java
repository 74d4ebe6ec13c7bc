package io.netsy.bench.lab;

import io.netsy.bench.metrics.StoreRequests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A versitygw on loopback over a directory, with one bucket. Its access log says how many requests it was asked. */
final class S3Server implements AutoCloseable {
    static final String BUCKET = "bench";
    static final String REGION = "us-east-1";

    static final String USER = "bench";
    static final String SECRET = "bench-secret";
    private static final Pattern OPERATION = Pattern.compile(" s3_(\\w+) ");

    private final ManagedProcess process;
    private final int port;
    private final Path accessLog;

    private S3Server(ManagedProcess process, int port, Path accessLog) {
        this.process = process;
        this.port = port;
        this.accessLog = accessLog;
    }

    /** Starts it; it listens a moment later. */
    static S3Server start(Path program, Path directory, int port) throws IOException {
        Path buckets = Files.createDirectories(directory.resolve("buckets"));
        Files.createDirectories(buckets.resolve(BUCKET));
        Path accessLog = directory.resolve("access.log");
        ManagedProcess process = ManagedProcess.start(
                "versitygw",
                List.of(
                        program.toString(),
                        "--port",
                        "127.0.0.1:" + port,
                        "--quiet",
                        "--keep-alive",
                        "--access-log",
                        accessLog.toString(),
                        "posix",
                        buckets.toString()),
                Map.of("ROOT_ACCESS_KEY", USER, "ROOT_SECRET_KEY", SECRET),
                directory.resolve("versitygw.log"));
        return new S3Server(process, port, accessLog);
    }

    /** The environment by which every AWS SDK finds the credentials and nothing else. */
    static Map<String, String> credentials() {
        return Map.of(
                "AWS_ACCESS_KEY_ID", USER,
                "AWS_SECRET_ACCESS_KEY", SECRET,
                "AWS_EC2_METADATA_DISABLED", "true",
                "AWS_CONFIG_FILE", "/dev/null",
                "AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
    }

    int port() {
        return port;
    }

    ManagedProcess process() {
        return process;
    }

    /** The requests so far that name this prefix, by S3 operation: {@code PutObject}, {@code GetObject}. */
    StoreRequests requests(String prefix) throws IOException {
        SortedMap<String, Long> counts = new TreeMap<>();
        if (Files.exists(accessLog)) {
            try (Stream<String> lines = Files.lines(accessLog)) {
                lines.filter(line -> line.contains(prefix)).forEach(line -> {
                    Matcher matcher = OPERATION.matcher(line);
                    if (matcher.find()) {
                        counts.merge(matcher.group(1), 1L, Long::sum);
                    }
                });
            }
        }
        return new StoreRequests(counts);
    }

    @Override
    public void close() {
        process.close();
    }
}
