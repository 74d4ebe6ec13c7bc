/** Snapshots as etcd streams them: the whole state in a file of bbolt's that etcd's own tools restore. */
@NullMarked
package io.netsy.etcd.maintenance.snapshot;

import org.jspecify.annotations.NullMarked;
