/** The command line of the load generator. */
@NullMarked
package io.netsy.bench.cli;

import org.jspecify.annotations.NullMarked;
