/** The comparison of one Netsy node with etcd: processes, measurements, thresholds, verdict. */
@NullMarked
package io.netsy.bench.single;

import org.jspecify.annotations.NullMarked;
