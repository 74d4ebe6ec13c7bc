/** Microbenchmarks of the hot parts. */
@NullMarked
package io.netsy.bench.jmh;

import org.jspecify.annotations.NullMarked;
