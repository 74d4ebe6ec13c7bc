/** The command line: one picocli command per verb of {@code netsy}. */
@NullMarked
package io.netsy.node.cli;

import org.jspecify.annotations.NullMarked;
