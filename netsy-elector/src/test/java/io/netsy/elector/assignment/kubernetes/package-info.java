/** Tests of the Kubernetes Lease. */
@NullMarked
package io.netsy.elector.assignment.kubernetes;

import org.jspecify.annotations.NullMarked;
