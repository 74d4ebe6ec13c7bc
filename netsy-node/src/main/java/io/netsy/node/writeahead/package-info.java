/** The write-ahead file: the newest frames of the log on this node's disk, in the bytes they were sent in. */
@NullMarked
package io.netsy.node.writeahead;

import org.jspecify.annotations.NullMarked;
