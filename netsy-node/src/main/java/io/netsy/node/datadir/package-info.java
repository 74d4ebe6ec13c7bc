/** The node's directory on disk: its lock and its identity. */
@NullMarked
package io.netsy.node.datadir;

import org.jspecify.annotations.NullMarked;
