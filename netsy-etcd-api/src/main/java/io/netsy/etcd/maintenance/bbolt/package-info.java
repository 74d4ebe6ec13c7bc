/** The file format of bbolt, the B+tree that etcd keeps its data in: written in one pass from sorted buckets. */
@NullMarked
package io.netsy.etcd.maintenance.bbolt;

import org.jspecify.annotations.NullMarked;
