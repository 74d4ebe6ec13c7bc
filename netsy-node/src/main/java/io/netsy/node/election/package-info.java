/** The elector as a running thing: what the pure core of {@code netsy-elector} wants done is done here. */
@NullMarked
package io.netsy.node.election;

import org.jspecify.annotations.NullMarked;
