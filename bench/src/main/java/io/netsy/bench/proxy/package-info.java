/** A TCP proxy that adds latency, to stand for a distant object store. */
@NullMarked
package io.netsy.bench.proxy;

import org.jspecify.annotations.NullMarked;
