/** Tests through the real command line. */
@NullMarked
package io.netsy.node.cli;

import org.jspecify.annotations.NullMarked;
