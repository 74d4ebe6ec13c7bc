/** The elector's role as a Kubernetes Lease, {@code coordination.k8s.io/v1}, asked from the API server over HTTP. */
@NullMarked
package io.netsy.elector.assignment.kubernetes;

import org.jspecify.annotations.NullMarked;
