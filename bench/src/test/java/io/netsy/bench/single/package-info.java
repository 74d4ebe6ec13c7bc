/** Tests of the package. */
@NullMarked
package io.netsy.bench.single;

import org.jspecify.annotations.NullMarked;
