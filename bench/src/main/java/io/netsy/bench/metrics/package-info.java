/** Requests to the object store, as the server under test counts them. */
@NullMarked
package io.netsy.bench.metrics;

import org.jspecify.annotations.NullMarked;
