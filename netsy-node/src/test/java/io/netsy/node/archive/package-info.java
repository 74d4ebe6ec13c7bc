/** Tests of {@code io.netsy.node.archive}. */
@NullMarked
package io.netsy.node.archive;

import org.jspecify.annotations.NullMarked;
