/** Chooses and opens the object store that a store URI names, with the real clocks and real randomness. */
@NullMarked
package io.netsy.node.wiring.objectstore;

import org.jspecify.annotations.NullMarked;
