/** Tests of the whole node, through a real client. */
@NullMarked
package io.netsy.node.wiring;

import org.jspecify.annotations.NullMarked;
