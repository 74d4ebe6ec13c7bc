/** Tests of the term register. */
@NullMarked
package io.netsy.elector.term;

import org.jspecify.annotations.NullMarked;
