/** Tests of offline verification. */
@NullMarked
package io.netsy.node.check;

import org.jspecify.annotations.NullMarked;
