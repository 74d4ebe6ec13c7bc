/** Compaction that the node does on its own, as etcd's flags define it. */
@NullMarked
package io.netsy.node.compaction;

import org.jspecify.annotations.NullMarked;
