package io.netsy.node.archive;

/** An object of the bucket is not what its key promises; the message names it, the reason and the way out. */
public final class DamagedObjectException extends Exception {
    private static final long serialVersionUID = 1L;

    public DamagedObjectException(String object, String reason, String wayOut) {
        super("%s is damaged: %s; %s".formatted(object, reason, wayOut));
    }
}
