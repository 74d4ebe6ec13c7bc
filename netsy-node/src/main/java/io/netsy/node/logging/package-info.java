/** The program's own log: one line per event on standard error, as text or as JSON. */
@NullMarked
package io.netsy.node.logging;

import org.jspecify.annotations.NullMarked;
