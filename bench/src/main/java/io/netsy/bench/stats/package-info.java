/** Figures: latency histograms, medians, counts of errors. */
@NullMarked
package io.netsy.bench.stats;

import org.jspecify.annotations.NullMarked;
