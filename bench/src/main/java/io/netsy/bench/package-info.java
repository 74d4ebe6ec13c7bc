/** Benchmarks of Netsy and of any other server that speaks the etcd API. */
@NullMarked
package io.netsy.bench;

import org.jspecify.annotations.NullMarked;
