/** The real clocks and real waiting, the only place that calls them; everything else is handed what it needs. */
@NullMarked
package io.netsy.node.clock;

import org.jspecify.annotations.NullMarked;
