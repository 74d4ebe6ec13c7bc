/** The comparison of three Netsy nodes with three of etcd: loads, measurements, thresholds. */
@NullMarked
package io.netsy.bench.cluster;

import org.jspecify.annotations.NullMarked;
