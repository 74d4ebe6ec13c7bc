/** What clients' connections hold of the node's memory, and the bounds of that. */
@NullMarked
package io.netsy.etcd.load;

import org.jspecify.annotations.NullMarked;
