/** The log in the bucket: chunks, the walk along their chain, the cluster's identity. */
@NullMarked
package io.netsy.node.archive;

import org.jspecify.annotations.NullMarked;
