/** The node's clocks and fresh ids: the only package that reads the machine's time. */
@NullMarked
package io.netsy.node.clock;

import org.jspecify.annotations.NullMarked;
