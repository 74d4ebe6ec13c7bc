package io.netsy.replication.core;

import io.netsy.replication.model.Moment;

/**
 * One standby as the primary sees it, in the terms of PostgreSQL's {@code pg_stat_replication}.
 *
 * @param sent the index of the last frame that was sent
 * @param lagEntries entries of the log that it has not applied
 * @param lagBytes bytes of frames that it has not applied, as far as they are still known here
 * @param lagNanos since when the oldest frame that was sent to it waits to be applied; 0 when none does
 * @param priority its place in the rule's list, from 1; 0 when its word does not count
 */
public record StandbyView(
        String name,
        State state,
        long sent,
        long received,
        long flushed,
        long applied,
        long lagEntries,
        long lagBytes,
        long lagNanos,
        SyncState sync,
        int priority,
        Moment lastReply) {

    /** What is going on with it. */
    public enum State {
        /** Where its history ends is being found out. */
        STARTUP,
        /** It gets frames that were sequenced before it came. */
        CATCHUP,
        /** It gets frames as they are sequenced. */
        STREAMING
    }

    /** What its word is worth. */
    public enum SyncState {
        /** Nobody waits for it. */
        ASYNC,
        /** It would be waited for if one before it in the list were gone. */
        POTENTIAL,
        /** It is waited for. */
        SYNC,
        /** Any n of those that say so are waited for. */
        QUORUM
    }
}
