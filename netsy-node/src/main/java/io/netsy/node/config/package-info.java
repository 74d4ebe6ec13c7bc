/** A node's configuration: the table of options, the sources they are read from, and the immutable result. */
@NullMarked
package io.netsy.node.config;

import org.jspecify.annotations.NullMarked;
