/** A node that follows the primary: its thread, its stream, its reads. */
@NullMarked
package io.netsy.node.standby;

import org.jspecify.annotations.NullMarked;
