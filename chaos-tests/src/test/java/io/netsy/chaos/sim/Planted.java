package io.netsy.chaos.sim;

/** Faults that are planted to see that the kit finds them: each takes one rule away. */
enum Planted {
    /** A standby reports as flushed what it only received (protocol safety, 18). */
    RECEIVED_IS_REPORTED_FLUSHED,
    /** To the primary, what a standby received counts as flushed. */
    RECEIVED_COUNTS_AS_FLUSHED,
    /** A wiped disk counts as the one that was registered (protocol safety, 6). */
    A_NAME_VOUCHES_WITHOUT_ITS_DISK,
    /** An index is given to other entries when the first ones could not be put (protocol safety, 12). */
    AN_INDEX_IS_USED_AGAIN,
    /** The register leaves quorum before everything acknowledged is archived (protocol safety, 14). */
    THE_REGISTER_LEAVES_QUORUM_FIRST,
    /** Who archives a predecessor's tail makes one frame of it (protocol safety, 15). */
    A_TAIL_IS_CUT_ANEW,
    /** A standby lets go of frames before the bucket has them (protocol safety, 16). */
    FRAMES_ARE_FORGOTTEN_BEFORE_THEY_ARE_STORED,
    /** A primary begins behind its replica, which is ahead of the bucket (protocol safety, 17). */
    A_PRIMARY_BEGINS_AHEAD_OF_THE_BUCKET,
    /** A standby is told that all it was sent is committed (protocol safety, 20). */
    SENT_IS_DECLARED_COMMITTED,
    /** A read uses the answer to a question that was on its way before (protocol safety, 23). */
    A_READ_JOINS_A_QUESTION,
    /** A primary goes on, whatever later term a standby says that it follows (protocol safety, 25). */
    A_STANDBYS_LATER_TERM_IS_IGNORED,
    /** A primary that comes back as a standby follows one of a term before its own. */
    A_PRIMARY_DOES_NOT_PROMISE_ITS_TERM,
    /** A disk that is built anew counts as another one, though nothing goes that the bucket does not have. */
    EVERY_REBUILD_IS_A_NEW_DISK,
    /** A walk that ends before other keys counts as the tip (protocol safety, 27). */
    A_HOLE_IS_TAKEN_FOR_THE_TIP;

    /** For one run. */
    Sabotage sabotage() {
        return switch (this) {
            case RECEIVED_IS_REPORTED_FLUSHED -> new Sabotages.ReceivedIsReportedFlushed();
            case RECEIVED_COUNTS_AS_FLUSHED -> new Sabotages.ReceivedCountsAsFlushed();
            case A_NAME_VOUCHES_WITHOUT_ITS_DISK -> new Sabotages.WipedDiskCounts();
            case AN_INDEX_IS_USED_AGAIN -> new Sabotages.IndexUsedAgain();
            case THE_REGISTER_LEAVES_QUORUM_FIRST -> new Sabotages.RegisterFirst();
            case A_TAIL_IS_CUT_ANEW -> new Sabotages.TailCutAnew();
            case FRAMES_ARE_FORGOTTEN_BEFORE_THEY_ARE_STORED -> new Sabotages.ForgottenEarly();
            case A_PRIMARY_BEGINS_AHEAD_OF_THE_BUCKET -> new Sabotages.BeginsAhead();
            case SENT_IS_DECLARED_COMMITTED -> new Sabotages.SentIsCommitted();
            case A_READ_JOINS_A_QUESTION -> new Sabotages.ReadsJoin();
            case A_STANDBYS_LATER_TERM_IS_IGNORED -> new Sabotages.LaterTermsAreIgnored();
            case A_PRIMARY_DOES_NOT_PROMISE_ITS_TERM -> new Sabotages.OwnTermIsNotPromised();
            case EVERY_REBUILD_IS_A_NEW_DISK -> new Sabotages.EveryRebuildIsANewDisk();
            case A_HOLE_IS_TAKEN_FOR_THE_TIP -> new Sabotages.HolesAreTips();
        };
    }
}
