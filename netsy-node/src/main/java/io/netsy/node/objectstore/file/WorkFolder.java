package io.netsy.node.objectstore.file;

import io.netsy.node.objectstore.StoreEnvironment;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One process' own folder for files that have no name in the store yet: {@code .work/ID/} beside a lock file
 * {@code .work/ID.lock} that the process holds for as long as it lives.
 *
 * <p>Nothing in it is ever read as part of the store. The lock only says that the owner lives: another process clears
 * the folder when it gets the lock and the lock file is old. A stopped owner keeps its lock and so its leftovers, and
 * hinders nobody.
 */
final class WorkFolder implements AutoCloseable {

    /** Older than any owner that made its lock file and didn't lock it yet. */
    static final Duration MIN_LEFTOVER_AGE = Duration.ofMinutes(10);

    private static final Logger log = LoggerFactory.getLogger(WorkFolder.class);
    private static final String LOCK_SUFFIX = ".lock";

    /** Lock files that this process holds: opening and closing one of them again would drop its lock (fcntl(2)). */
    private static final Set<Path> heldHere = ConcurrentHashMap.newKeySet();

    private final Path parent;
    private final Folders folders;
    private final StoreEnvironment environment;
    private final AtomicLong names = new AtomicLong();
    private volatile @Nullable Owned owned;

    WorkFolder(Path parent, Folders folders, StoreEnvironment environment) {
        this.parent = parent;
        this.folders = folders;
        this.environment = environment;
    }

    private record Owned(Path folder, Path lockFile, FileChannel lock) {}

    /** A path of a file or folder that does not exist, for this process alone. The first call makes the folder. */
    Path newPath() throws IOException {
        Owned current = owned;
        if (current == null) {
            current = claim();
        }
        return current.folder().resolve(Long.toString(names.incrementAndGet()));
    }

    /** Removes what dead processes left behind; a fault here is not worth more than a line in the log. */
    void clearLeftovers() {
        if (!Files.isDirectory(parent)) {
            return;
        }
        try (DirectoryStream<Path> locks = Files.newDirectoryStream(parent, "*" + LOCK_SUFFIX)) {
            for (Path lockFile : locks) {
                clearIfDead(lockFile);
            }
        } catch (IOException e) {
            log.warn("event=leftovers-kept folder={} reason=\"{}\"", parent, e.toString());
        }
    }

    @Override
    public synchronized void close() {
        Owned current = owned;
        owned = null;
        if (current == null) {
            return;
        }
        try {
            removeTree(current.folder());
            Files.deleteIfExists(current.lockFile());
            current.lock().close();
            heldHere.remove(current.lockFile());
        } catch (IOException e) {
            log.warn("event=leftovers-kept folder={} reason=\"{}\"", current.folder(), e.toString());
        }
    }

    private synchronized Owned claim() throws IOException {
        Owned current = owned;
        if (current != null) {
            return current;
        }
        folders.make(parent);
        String id = environment.randomId();
        Path lockFile = parent.resolve(id + LOCK_SUFFIX);
        heldHere.add(lockFile);
        FileChannel lock = FileChannel.open(lockFile, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try {
            if (lock.tryLock() == null) {
                throw new IOException(lockFile + " is locked by another process");
            }
            current = new Owned(Files.createDirectory(parent.resolve(id)), lockFile, lock);
            owned = current;
            return current;
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private void clearIfDead(Path lockFile) throws IOException {
        if (heldHere.contains(lockFile) || !isOld(lockFile)) {
            return;
        }
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            if (lock == null) {
                return;
            }
            String name = lockFile.getFileName().toString();
            Path folder = lockFile.resolveSibling(name.substring(0, name.length() - LOCK_SUFFIX.length()));
            removeTree(folder);
            Files.deleteIfExists(lockFile);
            log.info("event=leftovers-cleared folder={}", folder);
        } catch (NoSuchFileException e) {
            log.debug("event=leftovers-cleared-by-another folder={}", lockFile);
        }
    }

    private boolean isOld(Path file) throws IOException {
        Instant changed = Files.getLastModifiedTime(file).toInstant();
        return changed.isBefore(environment.wallClock().instant().minus(MIN_LEFTOVER_AGE));
    }

    static void removeTree(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> children = Files.list(folder)) {
            for (Path child : (Iterable<Path>) children::iterator) {
                if (Files.isDirectory(child)) {
                    removeTree(child);
                } else {
                    Files.deleteIfExists(child);
                }
            }
        }
        Files.deleteIfExists(folder);
    }
}
