package io.netsy.etcd.watch;

import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * The threads, the clock and the chance that the watch service lives on.
 *
 * @param dispatcher runs one short task at a time that never blocks; a thread of its own, for latency
 * @param blocking runs reads of history, which block on the disk
 * @param timer for progress notifications and for retries
 * @param stepsWhileCommitting events and deliveries of them up to which a committing thread delivers a commit itself
 * @param random for the jitter of progress notifications; used by one thread at a time
 */
public record WatchRuntime(
        Executor dispatcher, Executor blocking, WatchTimer timer, int stepsWhileCommitting, RandomGenerator random) {}
