/** The term register as an object of the bucket. */
@NullMarked
package io.netsy.node.term;

import org.jspecify.annotations.NullMarked;
