/** Tests of the lease. */
@NullMarked
package io.netsy.elector.assignment.lease;

import org.jspecify.annotations.NullMarked;
