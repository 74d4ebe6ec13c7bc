package io.netsy.bench.single;

/** The parts of a run, in their order. */
enum Phase {
    /** Times of the first answer, and memory when idle. */
    STARTUP,
    /** Memory with 100,000 keys, and their recovery. */
    MEMORY,
    /** Memory with a million keys. */
    MILLION,
    /** Writes, reads and lists per second, alternately on all servers. */
    THROUGHPUT
}
