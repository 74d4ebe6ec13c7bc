/** What the clients do: one class for each shape of request. */
@NullMarked
package io.netsy.bench.workload;

import org.jspecify.annotations.NullMarked;
