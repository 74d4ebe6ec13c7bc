/** Tests of the package. */
@NullMarked
package io.netsy.bench.stats;

import org.jspecify.annotations.NullMarked;
