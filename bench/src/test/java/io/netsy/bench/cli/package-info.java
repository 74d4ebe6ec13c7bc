/** Tests of the package. */
@NullMarked
package io.netsy.bench.cli;

import org.jspecify.annotations.NullMarked;
