/** Real node processes, started, killed and looked at from outside. */
@NullMarked
package io.netsy.chaos.process;

import org.jspecify.annotations.NullMarked;
