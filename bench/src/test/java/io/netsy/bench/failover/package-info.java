/** Tests of the package. */
@NullMarked
package io.netsy.bench.failover;

import org.jspecify.annotations.NullMarked;
