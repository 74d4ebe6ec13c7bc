package io.netsy.node.metrics;

import com.sun.management.UnixOperatingSystemMXBean;
import io.netsy.etcd.server.metrics.MetricType;
import io.netsy.etcd.server.metrics.PrometheusText;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * What the operating system knows of this process, under the names that every Prometheus client library gives it and
 * that etcd's dashboards read. What a system does not tell is left out. Safe for any thread.
 */
public final class ProcessFigures {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double MILLIS_PER_SECOND = 1e3;
    private static final Path STATUS = Path.of("/proc/self/status");

    private final Path status;

    public ProcessFigures() {
        this(STATUS);
    }

    ProcessFigures(Path status) {
        this.status = status;
    }

    /** Writes everything. */
    public void write(PrometheusText text) {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system) {
            writeSystem(text, system);
        }
        text.gauge(
                "process_start_time_seconds",
                "When the process started, in seconds since 1970.",
                ManagementFactory.getRuntimeMXBean().getStartTime() / MILLIS_PER_SECOND);
        bytesOf("VmRSS:")
                .ifPresent(bytes ->
                        text.gauge("process_resident_memory_bytes", "Memory of the process that is in RAM.", bytes));
        bytesOf("VmSize:")
                .ifPresent(bytes -> text.gauge(
                        "process_virtual_memory_bytes", "Address space that the process has reserved.", bytes));
    }

    private static void writeSystem(PrometheusText text, UnixOperatingSystemMXBean system) {
        long open = system.getOpenFileDescriptorCount();
        long limit = system.getMaxFileDescriptorCount();
        text.family("process_cpu_seconds_total", MetricType.COUNTER, "CPU time of the process, user and system.")
                .sample("process_cpu_seconds_total", system.getProcessCpuTime() / NANOS_PER_SECOND);
        text.gauge("process_open_fds", "Open file descriptors.", open);
        text.gauge("process_max_fds", "The limit of open file descriptors.", limit);
        text.gauge("os_fd_used", "Open file descriptors.", open);
        text.gauge("os_fd_limit", "The limit of open file descriptors.", limit);
    }

    /** A line of Linux' status file that gives an amount of memory in KiB. */
    private OptionalLong bytesOf(String field) {
        try {
            for (String line : Files.readAllLines(status)) {
                if (line.startsWith(field)) {
                    String amount = line.substring(field.length()).strip();
                    return OptionalLong.of(Long.parseLong(amount.substring(0, amount.indexOf(' '))) << 10);
                }
            }
            return OptionalLong.empty();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }
}
