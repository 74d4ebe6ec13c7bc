package io.netsy.etcd.watch;

/**
 * The watch service at a glance, for metrics.
 *
 * @param streams open streams
 * @param watchers watchers on them
 * @param slowWatchers watchers that are being served from history
 * @param eventsSent events handed to streams since the start
 * @param replayPasses reads of history since the start
 * @param queuedEvents events that wait for clients to read, counted once for each stream
 * @param queuedBytes encoded bytes that wait for clients to read, counted once for each stream
 */
public record WatchStats(
        long streams,
        long watchers,
        long slowWatchers,
        long eventsSent,
        long replayPasses,
        long queuedEvents,
        long queuedBytes) {}
