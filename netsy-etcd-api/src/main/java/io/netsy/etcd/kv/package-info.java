/** The KV service: ranges, puts, deletes, transactions and compaction. */
@NullMarked
package io.netsy.etcd.kv;

import org.jspecify.annotations.NullMarked;
