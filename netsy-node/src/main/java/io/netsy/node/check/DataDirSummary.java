package io.netsy.node.check;

import io.netsy.node.datadir.DataDirectory.Identity;
import io.netsy.node.replica.ReplicaCheck;
import io.netsy.node.writeahead.WriteAheadCheck;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a data directory was found to hold.
 *
 * @param identity null when it has none, or none that can be read
 * @param replica null when there is none, or none that is sound
 * @param writeAhead null when there is none, or none that is sound
 */
public record DataDirSummary(
        Path path,
        @Nullable Identity identity,
        ReplicaCheck.@Nullable Found replica,
        WriteAheadCheck.@Nullable Found writeAhead) {}
