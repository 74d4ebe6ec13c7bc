/** Tests of the package. */
@NullMarked
package io.netsy.bench.workload;

import org.jspecify.annotations.NullMarked;
