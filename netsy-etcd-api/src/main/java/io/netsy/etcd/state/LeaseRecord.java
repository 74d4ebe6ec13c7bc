package io.netsy.etcd.state;

/**
 * A lease as the log knows it. Deadlines are not part of the state: only the primary counts time.
 *
 * @param id any non-zero number, negative ones included
 * @param ttlSeconds the granted time to live
 * @param remainingSeconds what a checkpoint left of it; 0 when none stands
 */
public record LeaseRecord(long id, long ttlSeconds, long remainingSeconds) {}
