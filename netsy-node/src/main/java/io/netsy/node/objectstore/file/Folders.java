package io.netsy.node.objectstore.file;

import io.netsy.node.objectstore.StoreEnvironment;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes folders, and the names in them, survive a power cut.
 *
 * <p>A name becomes durable when its folder is flushed, after it became visible. So a process could act on a name that
 * another process made visible just before it died, and a power cut could then take the name away. {@link #settle}
 * closes that gap for readers: it flushes a folder that changed since this process last flushed it.
 */
final class Folders {

    /** Longer than the tick of any kernel's file time: a folder this long unchanged can't change under the same time. */
    private static final Duration FILE_TIME_GRANULARITY = Duration.ofMillis(50);

    private final Path root;
    private final StoreEnvironment environment;

    /** Folders that exist durably, with all above them up to the root. */
    private final Set<Path> made = ConcurrentHashMap.newKeySet();

    /** Per folder, the change time up to which all names in it are durable. */
    private final Map<Path, FileTime> settled = new ConcurrentHashMap<>();

    Folders(Path root, StoreEnvironment environment) {
        this.root = root;
        this.environment = environment;
    }

    /** Makes the folder and those above it, durably; costs nothing from the second call on. */
    void make(Path folder) throws IOException {
        if (made.contains(folder)) {
            return;
        }
        Path parent = folder.getParent();
        if (folder.equals(root)) {
            Files.createDirectories(folder);
        } else if (parent != null) {
            make(parent);
            createUnlessThere(folder);
        }
        if (parent != null && Files.isReadable(parent)) {
            flush(parent);
        }
        made.add(folder);
    }

    /** Flushes the names in a folder to the disk. */
    void flush(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Makes sure that every name now visible in the folder is durable; one look at the folder when nothing changed. */
    void settle(Path folder) throws IOException {
        FileTime changed = Files.getLastModifiedTime(folder);
        if (changed.equals(settled.get(folder))) {
            return;
        }
        boolean quiet =
                changed.toInstant().isBefore(environment.wallClock().instant().minus(FILE_TIME_GRANULARITY));
        flush(folder);
        if (quiet) {
            settled.put(folder, changed);
        }
    }

    /** Forgets a folder that was removed. */
    void forget(Path folder) {
        made.remove(folder);
        settled.remove(folder);
    }

    private static void createUnlessThere(Path folder) throws IOException {
        try {
            Files.createDirectory(folder);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(folder)) {
                throw e;
            }
        }
    }
}
