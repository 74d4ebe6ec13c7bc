/** What locks and elections are made of: keys that queue under a prefix by their creation, and waiting for one's turn. */
@NullMarked
package io.netsy.etcd.concurrency;

import org.jspecify.annotations.NullMarked;
