/** Tests of assignments. */
@NullMarked
package io.netsy.elector.assignment;

import org.jspecify.annotations.NullMarked;
