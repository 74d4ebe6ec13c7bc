/** The Lease service: grants, keepalives, and the expiry that only the primary counts. */
@NullMarked
package io.netsy.etcd.lease;

import org.jspecify.annotations.NullMarked;
