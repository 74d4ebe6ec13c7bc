/** The node: everything that runs in one Netsy process. */
@NullMarked
package io.netsy.node;

import org.jspecify.annotations.NullMarked;
