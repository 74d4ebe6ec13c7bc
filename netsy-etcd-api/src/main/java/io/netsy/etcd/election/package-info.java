/** The Election service: who leads, by leases, and what the leader says. */
@NullMarked
package io.netsy.etcd.election;

import org.jspecify.annotations.NullMarked;
