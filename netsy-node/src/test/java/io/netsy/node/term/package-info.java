/** Tests of what is kept in the store about terms. */
@NullMarked
package io.netsy.node.term;

import org.jspecify.annotations.NullMarked;
