/** The machine's monotonic clock, injected everywhere else. */
@NullMarked
package io.netsy.bench.clock;

import org.jspecify.annotations.NullMarked;
