/** How long writes pause when the primary of three nodes dies or goes. */
@NullMarked
package io.netsy.bench.failover;

import org.jspecify.annotations.NullMarked;
