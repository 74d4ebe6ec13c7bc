package io.netsy.etcd.kv;

/**
 * A read can't go on with what it has: it needs more than memory holds, or a revision that a compaction has taken since
 * the state was read. Never seen by clients; without a stack trace, because it is part of the usual course.
 */
final class UnreadableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnreadableException(String message) {
        super(message, null, false, false);
    }
}
