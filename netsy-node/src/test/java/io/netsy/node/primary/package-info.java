/** Tests of {@code io.netsy.node.primary}. */
@NullMarked
package io.netsy.node.primary;

import org.jspecify.annotations.NullMarked;
