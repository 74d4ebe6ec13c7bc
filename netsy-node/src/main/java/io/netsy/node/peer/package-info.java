/** Single calls between nodes, and of electors to nodes, over the listener for peers. */
@NullMarked
package io.netsy.node.peer;

import org.jspecify.annotations.NullMarked;
