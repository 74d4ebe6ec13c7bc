/** Tests of {@code io.netsy.node.recovery}. */
@NullMarked
package io.netsy.node.recovery;

import org.jspecify.annotations.NullMarked;
