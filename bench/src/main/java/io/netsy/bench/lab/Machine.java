package io.netsy.bench.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What {@code /proc} says of the machine as a whole. Linux only. */
public final class Machine {
    private static final Path PROC = Path.of("/proc");
    private static final int IDLE_COLUMN = 4;
    private static final int WAITING_COLUMN = 5;
    private static final int LAST_COLUMN = 8;
    /** The kernel counts in hundredths of a second, whatever its own clock's rate (USER_HZ). */
    private static final long MILLIS_PER_TICK = 10;

    private Machine() {}

    /** Processor time that anybody used since the start, the hypervisor's included. */
    public static Duration busyTime() throws IOException {
        String line = Files.readString(PROC.resolve("stat")).lines().findFirst().orElse("");
        String[] columns = line.trim().split("\\s+", -1);
        if (columns.length <= LAST_COLUMN || !columns[0].equals("cpu")) {
            throw new IOException("/proc/stat begins with '%s' and not with the sum of all processors".formatted(line));
        }
        long ticks = 0;
        for (int column = 1; column <= LAST_COLUMN; column++) {
            if (column != IDLE_COLUMN && column != WAITING_COLUMN) {
                ticks += Long.parseLong(columns[column]);
            }
        }
        return Duration.ofMillis(ticks * MILLIS_PER_TICK);
    }

    public static int processors() {
        return Runtime.getRuntime().availableProcessors();
    }

    /** One line for the head of a report. */
    public static String describe() {
        return "%d processors (%s), %s memory, kernel %s, JDK %s, load average %s"
                .formatted(
                        processors(),
                        firstValue("cpuinfo", "model name").orElse(System.getProperty("os.arch")),
                        firstValue("meminfo", "MemTotal").orElse("unknown"),
                        System.getProperty("os.version"),
                        Runtime.version(),
                        readOrUnknown("loadavg"));
    }

    private static Optional<String> firstValue(String file, String name) {
        try (Stream<String> lines = Files.lines(PROC.resolve(file))) {
            return lines.filter(line -> line.startsWith(name))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst();
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    private static String readOrUnknown(String file) {
        try {
            List<String> parts = List.of(Files.readString(PROC.resolve(file)).split("\\s+", 4));
            return String.join(" ", parts.subList(0, 3));
        } catch (IOException _) {
            return "unknown";
        }
    }
}
