/** Tests of {@code io.netsy.node.primary}. */
@NullMarked
package io.netsy.node.standby;

import org.jspecify.annotations.NullMarked;
