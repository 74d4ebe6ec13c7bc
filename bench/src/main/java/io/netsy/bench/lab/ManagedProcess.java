package io.netsy.bench.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server process that the benchmark started and ends by its own handle. */
public final class ManagedProcess implements AutoCloseable {
    private static final Pattern RESIDENT = Pattern.compile("(?m)^VmRSS:\\s+(\\d+) kB");
    private static final Duration ORDERLY_STOP_LIMIT = Duration.ofSeconds(30);
    private static final int SHOWN_LOG_LINES = 5;

    private final String name;
    private final ProcessBuilder builder;
    private final Process process;
    private final Path log;

    private ManagedProcess(String name, ProcessBuilder builder, Path log) throws IOException {
        this.name = name;
        this.builder = builder;
        this.process = builder.start();
        this.log = log;
    }

    /**
     * Starts it; what it prints is appended to the log.
     *
     * @param environment added to this process's own
     */
    public static ManagedProcess start(String name, List<String> command, Map<String, String> environment, Path log)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        builder.environment().putAll(environment);
        return new ManagedProcess(name, builder, log);
    }

    /** Starts the same program with the same arguments once more, after this process has ended. */
    public ManagedProcess startAgain() throws IOException {
        return new ManagedProcess(name, builder, log);
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** The memory that it occupies now, from {@code /proc}. */
    public double residentMebibytes() throws IOException {
        Matcher matcher = RESIDENT.matcher(Files.readString(Path.of("/proc/" + process.pid() + "/status")));
        if (!matcher.find()) {
            throw new IOException("%s (pid %d) shows no VmRSS".formatted(name, process.pid()));
        }
        return Long.parseLong(matcher.group(1)) / 1024.0;
    }

    /** Processor time that it has used. */
    public Duration processorTime() {
        return process.toHandle().info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /** An orderly end, after 30 s a hard one. */
    public void stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(ORDERLY_STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            kill();
        }
    }

    /** SIGKILL. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** What it has printed so far. */
    List<String> log() throws IOException {
        return Files.readAllLines(log);
    }

    /** The last lines of its log, for an error message. */
    public String endOfLog() {
        try {
            List<String> lines = log();
            return String.join("\n  ", lines.subList(Math.max(0, lines.size() - SHOWN_LOG_LINES), lines.size()));
        } catch (IOException failure) {
            return "(its log %s can't be read: %s)".formatted(log, failure.getMessage());
        }
    }

    @Override
    public String toString() {
        return "%s (pid %d, log %s)".formatted(name, process.pid(), log);
    }

    @Override
    public void close() {
        try {
            stop();
        } catch (InterruptedException _) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
