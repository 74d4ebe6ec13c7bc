/** Tests of the package. */
@NullMarked
package io.netsy.bench.proxy;

import org.jspecify.annotations.NullMarked;
