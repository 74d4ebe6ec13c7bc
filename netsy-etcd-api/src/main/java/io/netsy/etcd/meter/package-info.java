/** Plain figures that parts keep and others show: no library, no lock, nothing allocated by counting. */
@NullMarked
package io.netsy.etcd.meter;

import org.jspecify.annotations.NullMarked;
