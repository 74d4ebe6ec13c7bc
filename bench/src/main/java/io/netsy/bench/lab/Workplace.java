package io.netsy.bench.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** The directory of a run. However the run ends, no process of it is left, and no directory unless it is to be kept. */
final class Workplace {
    private final Path directory;
    private volatile boolean kept;

    private Workplace(Path directory) {
        this.directory = directory;
    }

    /** Makes a temporary directory that lasts as long as this process. */
    static Workplace open() throws IOException {
        Workplace workplace = new Workplace(Files.createTempDirectory("netsy-bench"));
        Runtime.getRuntime().addShutdownHook(new Thread(workplace::clear, "cleaner"));
        return workplace;
    }

    Path directory() {
        return directory;
    }

    /** Leaves the directory when the process ends. */
    void keep() {
        kept = true;
    }

    private void clear() {
        ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
        if (kept) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> {
                var _ = file.toFile().delete();
            });
        } catch (IOException _) {
            return;
        }
    }
}
