/** Tests of the package. */
@NullMarked
package io.netsy.bench.cluster;

import org.jspecify.annotations.NullMarked;
