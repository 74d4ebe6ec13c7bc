package io.netsy.bench.lab;

import io.netsy.bench.load.Extent;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of a comparison that starts its servers, an S3 server among them. */
public final class ComparisonOptions {
    @Option(names = "--netsy", paramLabel = "FILE", description = "The launcher of Netsy.")
    @Nullable
    Path netsy;

    @Option(names = "--etcd", paramLabel = "FILE", description = "The etcd to compare with.")
    @Nullable
    Path etcd;

    @Option(names = "--versitygw", paramLabel = "FILE", description = "The S3 server.")
    @Nullable
    Path versitygw;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "Repetitions (default: 3 of each load, 5 of each failover; quick: 1).")
    @Nullable
    Integer rounds;

    @Option(names = "--block", paramLabel = "TIME", description = "Length of each load (default: 8s, quick: 2s).")
    @Nullable
    String blockLength;

    @Option(names = "--quick", description = "A few minutes: one round of short loads, and less before them.")
    boolean quick;

    @Option(
            names = "--s3-delay",
            paramLabel = "TIME",
            defaultValue = "20ms",
            description = "What the slow S3 server adds to each request (default: ${DEFAULT-VALUE}).")
    String s3Delay = "";

    @Option(names = "--keep", description = "Keep the directory with data and logs.")
    boolean keep;

    /** Made by the command line. */
    public ComparisonOptions() {}

    public int rounds() {
        return rounds(3);
    }

    /**
     * How often each measurement is repeated.
     *
     * @param usual when nothing is said
     */
    public int rounds(int usual) {
        return rounds != null ? rounds : quick ? 1 : usual;
    }

    /**
     * The length of each load.
     *
     * @throws IllegalArgumentException when what was given is no time
     */
    public Duration blockLength() {
        return Extent.parseTime(blockLength != null ? blockLength : quick ? "2s" : "8s");
    }

    /**
     * What the slow S3 server adds to each request.
     *
     * @throws IllegalArgumentException when what was given is no time
     */
    public Duration s3Delay() {
        return Extent.parseTime(s3Delay);
    }

    public boolean quick() {
        return quick;
    }

    public boolean keep() {
        return keep;
    }

    /** The etcd to compare with; says so when there is none. */
    public Optional<Path> etcd(Protocol protocol) {
        return given(etcd, protocol, "etcd and every ratio to it", "no etcd was found; give one with --etcd");
    }

    /** The launcher of Netsy; says so when there is none. */
    public Optional<Path> netsy(Protocol protocol) {
        return given(netsy, protocol, "Netsy", "no launcher was given with --netsy");
    }

    /** Starts the S3 server in the lab; says so when there is none to start. */
    public boolean startS3(Lab lab, Protocol protocol) throws IOException, InterruptedException {
        Optional<Path> program =
                given(versitygw, protocol, "Netsy on S3", "no S3 server was found; give a versitygw with --versitygw");
        if (program.isPresent()) {
            lab.startS3(program.get());
        }
        return program.isPresent();
    }

    private static Optional<Path> given(@Nullable Path program, Protocol protocol, String what, String why) {
        if (program == null) {
            protocol.say("**** SKIPPED: %s: %s ****".formatted(what, why.toLowerCase(Locale.ROOT)));
        }
        return Optional.ofNullable(program);
    }
}
