package io.netsy.etcd.state;

import io.netsy.replication.model.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * One change as watchers see it.
 *
 * @param record the key after the change; not live when it was deleted
 * @param value the new value; empty for a deletion
 * @param previous the key before the whole revision, null or not live when it did not exist then
 */
public record KeyEvent(
        KeyRecord record, Bytes value, @Nullable KeyRecord previous) {}
