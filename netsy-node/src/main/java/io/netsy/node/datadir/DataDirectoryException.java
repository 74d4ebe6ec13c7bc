package io.netsy.node.datadir;

import java.nio.file.Path;

/** The data directory can't be used; the message names it, the reason and the way out. */
public final class DataDirectoryException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String object;
    private final String reason;
    private final String wayOut;

    DataDirectoryException(Path directory, String reason, String wayOut) {
        super("data directory %s: %s; %s".formatted(directory, reason, wayOut));
        this.object = "data directory " + directory;
        this.reason = reason;
        this.wayOut = wayOut;
    }

    /** What can't be used. */
    public String object() {
        return object;
    }

    /** Why. */
    public String reason() {
        return reason;
    }

    /** What to do about it. */
    public String wayOut() {
        return wayOut;
    }
}
