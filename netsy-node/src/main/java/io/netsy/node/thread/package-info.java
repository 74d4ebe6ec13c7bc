/** Threads that stand back. */
@NullMarked
package io.netsy.node.thread;

import org.jspecify.annotations.NullMarked;
