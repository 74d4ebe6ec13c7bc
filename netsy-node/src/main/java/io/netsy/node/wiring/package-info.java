/** The composition of a node from its parts, by plain constructors. */
@NullMarked
package io.netsy.node.wiring;

import org.jspecify.annotations.NullMarked;
