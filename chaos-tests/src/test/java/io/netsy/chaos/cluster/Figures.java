package io.netsy.chaos.cluster;

import io.netsy.chaos.crash.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;

/** How long writes took in one part of a scenario. */
record Figures(String name, int acknowledged, Duration p50, Duration p99, Duration longest) {

    static Figures of(String name, List<Operation> operations) {
        List<Duration> times = operations.stream()
                .filter(Operation::isAcknowledged)
                .map(Operation::took)
                .sorted()
                .toList();
        return new Figures(name, times.size(), at(times, 50), at(times, 99), at(times, 100));
    }

    private static Duration at(List<Duration> sorted, int percent) {
        return sorted.isEmpty()
                ? Duration.ZERO
                : sorted.get(Math.min(sorted.size() - 1, sorted.size() * percent / 100));
    }

    /** Prints them and keeps them in the build's folder. */
    void publish() throws IOException {
        publish(toString());
    }

    /** As {@link #publish()}, with how much longer the slowest hundredth took than in another part. */
    void publishBeside(Figures other) throws IOException {
        publish("%s p99-ratio=%.2f of '%s'".formatted(this, ratio(other), other.name()));
    }

    /** The p99 as a multiple of another's. */
    double ratio(Figures other) {
        return (double) p99.toNanos() / Math.max(1, other.p99.toNanos());
    }

    /** Prints median and maximum of some times, and all of them. */
    static void publishTimes(String name, List<Duration> times) throws IOException {
        List<Duration> sorted = times.stream().sorted().toList();
        publish("%s median=%dms longest=%dms all=%s"
                .formatted(
                        name,
                        sorted.get((sorted.size() - 1) / 2)
                                .plus(sorted.get(sorted.size() / 2))
                                .dividedBy(2)
                                .toMillis(),
                        sorted.getLast().toMillis(),
                        times.stream().map(Duration::toMillis).toList()));
    }

    /** Prints a line and keeps it in the build's folder. */
    static void publish(String line) throws IOException {
        System.out.println(line);
        Files.writeString(
                Path.of("target", "cluster-figures.txt"),
                line + "\n",
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    @Override
    public String toString() {
        return "%s acknowledged=%d p50=%.1fms p99=%.1fms longest=%.1fms"
                .formatted(name, acknowledged, millis(p50), millis(p99), millis(longest));
    }

    private static double millis(Duration duration) {
        return duration.toNanos() / 1e6;
    }
}
