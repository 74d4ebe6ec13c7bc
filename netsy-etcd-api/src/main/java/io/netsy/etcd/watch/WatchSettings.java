package io.netsy.etcd.watch;

import java.time.Duration;

/**
 * Sizes and intervals of the watch service; {@link #DEFAULTS} are etcd's where etcd has them.
 *
 * @param progressInterval between two progress notifications of a watcher that asked for them; up to a tenth of it is
 *     added at random, so that streams that were opened together do not stay together
 * @param fragmentBytes encoded size from which a message is cut for a watcher that allows it: the greatest request plus
 *     512 KiB
 * @param outbound what may wait for one slow client
 * @param replay how history is read for watchers that are behind
 * @param memory what the hub keeps in memory for all
 */
public record WatchSettings(
        Duration progressInterval, int fragmentBytes, Outbound outbound, Replay replay, Memory memory) {

    private static final Duration LEAST_PROGRESS_INTERVAL = Duration.ofMillis(100);

    /** etcd's values for what is seen on the wire; a few dozen megabytes at most for the rest. */
    public static final WatchSettings DEFAULTS = new WatchSettings(
            Duration.ofMinutes(10),
            2 * 1024 * 1024,
            new Outbound(512, 1024 * 1024, 64L * 1024 * 1024),
            new Replay(2, 2048, 1000, 8 * 1024 * 1024, Duration.ofSeconds(1)),
            new Memory(4096, 4 * 1024 * 1024, 16 * 1024, 16 * 1024 * 1024));

    public WatchSettings {
        if (progressInterval.compareTo(LEAST_PROGRESS_INTERVAL) < 0) {
            throw new IllegalArgumentException(
                    "progress interval %s is below %s".formatted(progressInterval, LEAST_PROGRESS_INTERVAL));
        }
        requirePositive("fragmentBytes", fragmentBytes);
    }

    /**
     * Bounds of what waits for clients to read. One message is always taken by an empty queue, whatever its size,
     * because a revision is never split for a watcher that did not allow it.
     *
     * @param streamMessages most messages that wait on one stream
     * @param streamBytes most encoded bytes that wait on one stream
     * @param totalBytes encoded bytes on all streams from which on a stream may hold only one waiting message
     */
    public record Outbound(int streamMessages, long streamBytes, long totalBytes) {
        public Outbound {
            requirePositive("streamMessages", streamMessages);
            requirePositive("streamBytes", streamBytes);
            requirePositive("totalBytes", totalBytes);
        }
    }

    /**
     * How history is read.
     *
     * @param concurrentPasses reads that may run at the same time
     * @param watchersPerPass watchers that share one read
     * @param revisionsPerPass most revisions in one message
     * @param bytesPerPass bytes of keys and values from which a read ends at the next revision
     * @param retryDelay pause after a read that failed
     */
    public record Replay(
            int concurrentPasses, int watchersPerPass, int revisionsPerPass, long bytesPerPass, Duration retryDelay) {
        public Replay {
            requirePositive("concurrentPasses", concurrentPasses);
            requirePositive("watchersPerPass", watchersPerPass);
            requirePositive("revisionsPerPass", revisionsPerPass);
            requirePositive("bytesPerPass", bytesPerPass);
        }
    }

    /**
     * What is kept for all watchers together.
     *
     * @param recentRevisions newest revisions kept for watchers that are a little behind
     * @param recentBytes bytes of keys and values in them
     * @param backlogRevisions committed revisions that may wait for the dispatcher; more are read back from history
     * @param backlogBytes bytes of keys and values in them
     */
    public record Memory(int recentRevisions, long recentBytes, int backlogRevisions, long backlogBytes) {
        public Memory {
            requirePositive("recentRevisions", recentRevisions);
            requirePositive("recentBytes", recentBytes);
            requirePositive("backlogRevisions", backlogRevisions);
            requirePositive("backlogBytes", backlogBytes);
        }
    }

    private static void requirePositive(String name, long value) {
        if (value <= 0) {
            throw new IllegalArgumentException("%s is %d, but must be positive".formatted(name, value));
        }
    }
}
