/** The Watch service: every committed change, to every client that asked for it, once and in order. */
@NullMarked
package io.netsy.etcd.watch;

import org.jspecify.annotations.NullMarked;
