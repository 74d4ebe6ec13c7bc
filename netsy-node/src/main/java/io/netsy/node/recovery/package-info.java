/** The way from an empty or old disk to the state at the end of the log in the bucket. */
@NullMarked
package io.netsy.node.recovery;

import org.jspecify.annotations.NullMarked;
