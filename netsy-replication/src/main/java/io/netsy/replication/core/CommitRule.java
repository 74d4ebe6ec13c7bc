package io.netsy.replication.core;

import io.netsy.replication.model.CommitLevel;
import io.netsy.replication.model.CommitLevel.StandbyWord;

/**
 * The commit rule: when an entry is committed, which is when it may be read, watched and applied, and when it may be
 * acknowledged.
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
 * <p><b>At {@code on}, {@code remote_write} and {@code remote_apply}</b> the bucket says so as at {@code local}, and in parallel
 * enough standbys say that they flushed it, or received it. The bucket alone is complete, so a successor needs no
 * standby's word; the standbys make the entry survive the bucket, and save the successor the way there.
 *
 * <p><b>At {@code quorum}</b> the primary and n of the listed standbys have it on disk. The bucket gets it a moment later. Why
 * that is enough: a successor is named only after N - n of the voters answered a fence, which is one at least of any n
 * standbys that vouched, or the primary itself; and it takes the longest history among them (brief, section 5).
 *
 * <p>{@code remote_apply} is one round more: a standby applies what is committed, and only once enough of them did is it
 * acknowledged. At all other levels an entry is acknowledged when it is committed.
 *
 * <p>While a change of the rule is under way, both rules must be met (protocol safety, 4 and 14). The one definition
 * serves the answer to clients, the visibility to reads and watches, and what standbys may apply.
 */
final class CommitRule {
    private CommitRule() {}

    /** The index up to which everything is committed; -1 when nobody can say. */
    static long committed(SyncRule rule, Evidence evidence) {
        return switch (rule.level()) {
            case LOCAL -> evidence.stored();
            case ON, REMOTE_APPLY -> Math.min(evidence.stored(), vouchedFor(rule, evidence, StandbyWord.FLUSHED));
            case REMOTE_WRITE -> Math.min(evidence.stored(), vouchedFor(rule, evidence, StandbyWord.RECEIVED));
            case QUORUM -> Math.min(evidence.ownFlushed(), vouchedFor(rule, evidence, StandbyWord.FLUSHED));
        };
    }

    /** The index up to which everything may be acknowledged, of what is committed. */
    static long acknowledged(SyncRule rule, long committed, Evidence evidence) {
        return rule.level() == CommitLevel.REMOTE_APPLY
                ? Math.min(committed, vouchedFor(rule, evidence, StandbyWord.APPLIED))
                : committed;
    }

    private static long vouchedFor(SyncRule rule, Evidence evidence, StandbyWord word) {
        return evidence.standbys().vouchedFor(rule.standbys(), word);
    }
}
