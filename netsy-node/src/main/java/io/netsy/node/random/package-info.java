/** Real randomness, the only place that makes it; everything else is handed what it needs. */
@NullMarked
package io.netsy.node.random;

import org.jspecify.annotations.NullMarked;
