/** What a node makes of electors and of the register: when it leads, whom it follows, what it promises. */
@NullMarked
package io.netsy.elector.role;

import org.jspecify.annotations.NullMarked;
