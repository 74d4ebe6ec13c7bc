/** The Maintenance service: status, alarms, hashes, defragmentation, snapshots. */
@NullMarked
package io.netsy.etcd.maintenance;

import org.jspecify.annotations.NullMarked;
