/** The role of a running node: whom it follows, when it leads, and what electors and other nodes ask it. */
@NullMarked
package io.netsy.node.role;

import org.jspecify.annotations.NullMarked;
