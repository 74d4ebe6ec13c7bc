/** The deterministic simulation of the replication core: virtual time, one seed, faults of network, bucket and disk. */
@NullMarked
package io.netsy.chaos.sim;

import org.jspecify.annotations.NullMarked;
