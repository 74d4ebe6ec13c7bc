/**
 * The elector's role as a lease: a record in some storage with compare-and-swap, which its holder renews. The rules are
 * those of client-go's {@code tools/leaderelection}.
 */
@NullMarked
package io.netsy.elector.assignment.lease;

import org.jspecify.annotations.NullMarked;
