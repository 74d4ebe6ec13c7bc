/** The Lock service: named locks that live as long as their holders' leases. */
@NullMarked
package io.netsy.etcd.lock;

import org.jspecify.annotations.NullMarked;
