package io.netsy.replication.model;

/**
 * One reading of both clocks: the one that counts while the machine is suspended, from an arbitrary origin, and the wall
 * clock. Only the first measures; the second only raises doubt about it (brief, section 5).
 */
public record Moment(long bootNanos, long wallMillis) {}
