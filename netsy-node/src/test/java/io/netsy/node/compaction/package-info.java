/** Tests of automatic compaction. */
@NullMarked
package io.netsy.node.compaction;

import org.jspecify.annotations.NullMarked;
