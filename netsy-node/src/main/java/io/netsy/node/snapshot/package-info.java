/** Snapshots: everything a replica holds, as one compressed object that a new replica is filled from. */
@NullMarked
package io.netsy.node.snapshot;

import org.jspecify.annotations.NullMarked;
