package io.netsy.replication.core;

/** The one chunk that is on its way to the bucket: the same bytes until its fate is known. */
final class ChunkAttempt {
    private static final int MAX_DOUBLINGS = 20;

    private final Chunk chunk;
    private final long sinceNanos;
    private int failures;
    private boolean resting;
    private long restUntilNanos;

    ChunkAttempt(Chunk chunk, long nowNanos) {
        this.chunk = chunk;
        this.sinceNanos = nowNanos;
    }

    /** When it was put first. */
    long sinceNanos() {
        return sinceNanos;
    }

    Chunk chunk() {
        return chunk;
    }

    boolean isAt(long firstIndex) {
        return chunk.firstIndex() == firstIndex;
    }

    /** Answers when to try again: after a pause that doubles with each failure. */
    long rest(long nowNanos, PrimarySettings settings) {
        long pauseNanos = settings.retryMin().toNanos() << Math.min(failures++, MAX_DOUBLINGS);
        restUntilNanos = nowNanos + Math.min(pauseNanos, settings.retryMax().toNanos());
        resting = true;
        return restUntilNanos;
    }

    /** Whether the pause is over; it is then. */
    boolean maybeRetry(long nowNanos) {
        if (!resting || nowNanos - restUntilNanos < 0) {
            return false;
        }
        resting = false;
        return true;
    }
}
