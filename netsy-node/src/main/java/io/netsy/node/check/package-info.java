/** Offline verification: whether a bucket and a data directory hold what they promise, without changing either. */
@NullMarked
package io.netsy.node.check;

import org.jspecify.annotations.NullMarked;
