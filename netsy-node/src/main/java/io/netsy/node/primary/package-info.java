/** The serving primary: the sequencer that turns proposals into frames, and the way back from commit to answer. */
@NullMarked
package io.netsy.node.primary;

import org.jspecify.annotations.NullMarked;
