/** Tests of the package. */
@NullMarked
package io.netsy.bench.lab;

import org.jspecify.annotations.NullMarked;
