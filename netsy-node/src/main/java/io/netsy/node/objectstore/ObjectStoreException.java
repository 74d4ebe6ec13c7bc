package io.netsy.node.objectstore;

import org.jspecify.annotations.Nullable;

/**
 * What the store, or the way to it, did instead of answering. The message says what was tried on what, the reason, and
 * the way out; a caller decides by type alone.
 */
public abstract sealed class ObjectStoreException extends RuntimeException {

    private final String action;
    private final String reason;
    private final String wayOut;

    private ObjectStoreException(String action, String reason, String wayOut, @Nullable Throwable cause) {
        super(action + ": " + reason + "; " + wayOut, cause);
        this.action = action;
        this.reason = reason;
        this.wayOut = wayOut;
    }

    /** What was tried, on what. */
    public String action() {
        return action;
    }

    /** Why it failed. */
    public String reason() {
        return reason;
    }

    /** What to do about it. */
    public String wayOut() {
        return wayOut;
    }

    /**
     * A write that may have happened, may not have, or may still happen: time-out, reset, 5xx, 409. Settle it by
     * reading back; absent is still unknown, so the only write that may follow on this key is the same bytes again.
     */
    public static final class OutcomeUnknown extends ObjectStoreException {
        public OutcomeUnknown(String action, String reason, @Nullable Throwable cause) {
            super(action, reason, "whether it took effect is unknown: read the object back", cause);
        }
    }

    /** A read that failed for a reason that may pass, after the tries it was given. */
    public static final class Unavailable extends ObjectStoreException {
        public Unavailable(String action, String reason, String wayOut, @Nullable Throwable cause) {
            super(action, reason, wayOut, cause);
        }
    }

    /**
     * A definite no that stays until an operator changes something: no bucket, no permission, wrong region, clock skew,
     * expired credentials, disk full. A refused write had no effect and never will; trying again later is harmless.
     */
    public static final class Refused extends ObjectStoreException {
        public Refused(String action, String reason, String wayOut, @Nullable Throwable cause) {
            super(action, reason, wayOut, cause);
        }
    }

    /** There is no object of that key. */
    public static final class ObjectMissing extends ObjectStoreException {
        public ObjectMissing(String action) {
            super(action, "there is no such object", "list the folder to see what there is", null);
        }
    }
}
