/** The term register: the one object that says which process may write, changed only by compare-and-swap. */
@NullMarked
package io.netsy.elector.term;

import org.jspecify.annotations.NullMarked;
