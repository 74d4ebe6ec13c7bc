/** Tests of a node's way through its roles. */
@NullMarked
package io.netsy.elector.role;

import org.jspecify.annotations.NullMarked;
