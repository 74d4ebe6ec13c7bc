package io.netsy.replication.core;

import io.netsy.replication.model.CommitLevel;
import io.netsy.replication.model.LogPosition;

/**
 * The commit rule: when an entry is committed, which is when it may be read, watched and acknowledged.
 *
 * <p><b>At {@code local}</b> an entry is committed once a chunk that holds it stands in the bucket, at the end of the
 * unbroken chain of chunks that this primary created or read back under its own term. Why that is enough:
 *
 * <ol>
 *   <li>The next chunk of any writer has the one key that follows the chain's last index, and the bucket creates each key
 *       once. So at any index the bucket holds one history, whoever writes.
 *   <li>A chunk is created whole or not at all, so what it holds is durable when its creation is known.
 *   <li>A primary whose creation is refused reads what stands there. Unless it is byte for byte its own chunk, it does
 *       not count it as its own, and gives up (see {@link PrimaryCore}).
 * </ol>
 *
 * The one definition serves the answer to clients, the visibility to reads and watches, and what is applied to the
 * replica.
 */
final class CommitRule {
    private CommitRule() {}

    /**
     * The position up to which everything is committed.
     *
     * @param stored the end of the chain in the bucket, as this primary has proved it under its term
     */
    static LogPosition committed(CommitLevel level, LogPosition stored) {
        return switch (level) {
            case LOCAL -> stored;
            case REMOTE_APPLY, ON, REMOTE_WRITE, QUORUM ->
                throw new IllegalArgumentException("no standby was heard, " + level.configName() + " needs some");
        };
    }
}
