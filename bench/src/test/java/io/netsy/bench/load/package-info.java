/** Tests of the package. */
@NullMarked
package io.netsy.bench.load;

import org.jspecify.annotations.NullMarked;
