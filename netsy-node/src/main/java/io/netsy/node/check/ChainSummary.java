package io.netsy.node.check;

import io.netsy.replication.model.LogPosition;
import org.jspecify.annotations.Nullable;

/**
 * What the log was found to be.
 *
 * @param chunks how many there are
 * @param bytes of all of them, as stored
 * @param firstIndex where the unbroken chain begins; 0 when there is no chunk
 * @param tip where it ends; null when there is no chunk, or the last one can't be read
 */
public record ChainSummary(
        long chunks, long bytes, long firstIndex, @Nullable LogPosition tip) {}
