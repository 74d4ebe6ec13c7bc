package io.netsy.etcd.kv;

/**
 * What the KV service did since the start, counted as etcd counts (etcd semantics, section 18): operations, not keys, and
 * those within transactions as well.
 *
 * @param ranges reads, compares and looks at previous values among them
 * @param transactions requests of more than one operation
 * @param putBytes keys and values of all puts
 * @param slowRanges ranges that took longer than {@link KvMeters#SLOW}
 */
public record KvStats(long ranges, long puts, long deletes, long transactions, long putBytes, long slowRanges) {}
