/** Clusters of real processes with the primary named by configuration, under faults. */
@NullMarked
package io.netsy.chaos.cluster;

import org.jspecify.annotations.NullMarked;
