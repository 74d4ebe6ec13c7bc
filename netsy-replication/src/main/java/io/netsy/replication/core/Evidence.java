package io.netsy.replication.core;

import io.netsy.replication.model.CommitLevel.StandbyWord;
import io.netsy.replication.model.StandbyRule;

/**
 * What a primary knows about where its log is durable, as indexes of its own history.
 *
 * @param stored the end of the chain in the bucket, as proved under this term
 * @param ownFlushed what this node's own write-ahead file holds durably
 * @param standbys what standbys said
 */
record Evidence(long stored, long ownFlushed, Witnesses standbys) {

    /** What standbys said about the primary's own history; a report of another history is no word at all. */
    @FunctionalInterface
    interface Witnesses {
        /** The highest index of which enough of the rule's standbys say so; -1 when too few are there. */
        long vouchedFor(StandbyRule rule, StandbyWord word);
    }
}
