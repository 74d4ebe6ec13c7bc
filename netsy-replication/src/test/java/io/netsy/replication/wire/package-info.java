/** Tests of the wire between nodes. */
@NullMarked
package io.netsy.replication.wire;

import org.jspecify.annotations.NullMarked;
