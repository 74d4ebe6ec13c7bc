package io.netsy.node.datadir;

import java.nio.file.Path;

/** The data directory can't be used; the message names it, the reason and the way out. */
public final class DataDirectoryException extends Exception {
    private static final long serialVersionUID = 1L;

    DataDirectoryException(Path directory, String reason, String wayOut) {
        super("data directory %s: %s; %s".formatted(directory, reason, wayOut));
    }
}
