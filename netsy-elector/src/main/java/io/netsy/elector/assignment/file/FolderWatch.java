package io.netsy.elector.assignment.file;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of changes of a file, by watching its folder: a file may be replaced by a rename, or by a link that changes its target,
 * as the kubelet does for a ConfigMap. It only makes things quicker: a watch may end when the folder is replaced, and not every file system
 * has one, so whoever listens looks by himself from time to time, and watches again. For one thread.
 */
final class FolderWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FolderWatch.class);

    private final Path file;
    private final Path folder;
    private final Runnable changed;
    private @Nullable WatchService service;
    private @Nullable WatchKey key;

    FolderWatch(Path file, Path folder, Runnable changed) {
        this.file = file;
        this.folder = folder;
        this.changed = changed;
    }

    /** Watches, if it is not being watched; a folder that can't be is tried again at the next call. */
    void maybeWatch() {
        WatchKey watched = key;
        if (watched != null && watched.isValid()) {
            return;
        }
        try {
            WatchService watching = service;
            if (watching == null) {
                watching = folder.getFileSystem().newWatchService();
                service = watching;
                WatchService own = watching;
                Thread.ofVirtual().name("netsy-elector-watch").start(() -> listen(own));
            }
            key = folder.register(
                    watching,
                    StandardWatchEventKinds.ENTRY_CREATE,
                    StandardWatchEventKinds.ENTRY_MODIFY,
                    StandardWatchEventKinds.ENTRY_DELETE);
        } catch (IOException | UnsupportedOperationException e) {
            LOG.debug("{} can't be watched and is read from time to time: {}", folder, e.toString());
        }
    }

    private void listen(WatchService watching) {
        try {
            while (true) {
                WatchKey happened = watching.take();
                boolean concerns = happened.pollEvents().stream().anyMatch(this::concernsFile);
                happened.reset();
                if (concerns) {
                    changed.run();
                }
            }
        } catch (ClosedWatchServiceException e) {
            LOG.debug("the watch of {} ends", folder);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The file itself, or a link of the kubelet's, whose names begin with two dots. */
    private boolean concernsFile(WatchEvent<?> event) {
        return !(event.context() instanceof Path name)
                || name.equals(file.getFileName())
                || name.toString().startsWith("..");
    }

    @Override
    public void close() {
        WatchService watching = service;
        if (watching != null) {
            try {
                watching.close();
            } catch (IOException e) {
                LOG.debug("the watch of {} could not be closed", folder, e);
            }
        }
    }
}
