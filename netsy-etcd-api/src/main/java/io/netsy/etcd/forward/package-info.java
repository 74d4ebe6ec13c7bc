/** Carries requests that only the primary can carry out from any node to the primary, each once. */
@NullMarked
package io.netsy.etcd.forward;

import org.jspecify.annotations.NullMarked;
