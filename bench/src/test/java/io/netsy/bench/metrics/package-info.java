/** Tests of the package. */
@NullMarked
package io.netsy.bench.metrics;

import org.jspecify.annotations.NullMarked;
