package io.netsy.chaos.sim;

import io.netsy.replication.model.StandbyRule;

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
    /** A promise does not outlive the process that gave it. */
    A_PROMISE_IS_FORGOTTEN,
    /** An elector names whoever answers first, and nobody promises anything. */
    THE_FENCE_IS_SKIPPED,
    /** A node answers a fence and follows the old primary on (protocol safety, 18). */
    A_FENCED_NODE_FOLLOWS_ON,
    /** The longest file is the history, whatever its term (protocol safety, 1). */
    THE_LONGEST_FILE_WINS,
    /** A primary begins without what the register requires (protocol safety, 2). */
    A_PRIMARY_BEGINS_BELOW_THE_REQUIRED_TIP,
    /** The level is configuration's, not the replaced register's (protocol safety, 3). */
    THE_LEVEL_IS_CONFIGURATIONS,
    /** The fence is computed by configuration's rule, not the replaced register's (protocol safety, 4). */
    THE_FENCE_IS_BY_CONFIGURATION,
    /** Writes may go on without the bucket, and the register does not say so (protocol safety, 5). */
    QUORUM_IS_NOT_RECORDED,
    /** In a fence a name counts without its disk (protocol safety, 6). */
    A_NAME_IS_FENCED_WITHOUT_ITS_DISK,
    /** An elector does not ask whether others miss the primary too (protocol safety, 25). */
    THE_OTHERS_ARE_NOT_ASKED,
    /** The register is deleted, and made anew though there is a log (protocol safety, 26). */
    THE_REGISTER_IS_MADE_ANEW,
    /** An elector swaps the register whatever stands there: an old view wins. */
    SWAPS_ARE_NOT_COMPARED,
    /** A lease is measured by the wall clock (protocol safety, 9). */
    A_LEASE_IS_MEASURED_BY_THE_WALL_CLOCK,
    /** A primary hands over before everything that it acknowledged stands in the bucket. */
    A_TERM_IS_HANDED_OVER_EARLY,
    /** A primary answers reads for a while after it has handed over. */
    A_PRIMARY_SERVES_ON_AFTER_IT_HANDED_OVER,
    /** A disk that is built anew counts as another one, though nothing goes that the bucket does not have. */
    EVERY_REBUILD_IS_A_NEW_DISK,
    /** A member that was removed is taken from the register's voters at once (protocol safety, 4b). */
    A_REMOVED_VOTER_GOES_AT_ONCE,
    /** A member that was added vouches before the register lists it (protocol safety, 4c). */
    A_NEW_MEMBER_VOUCHES_AT_ONCE,
    /** Retention frees the key that a sleeper would try (protocol safety, 7). */
    FIRST_CHUNKS_GO,
    /** One standby's word that it follows on is enough, where a fence may do without that one (protocol safety, 8). */
    ONE_STANDBY_CONFIRMS_READS,
    /** A primary does not look at the register again (protocol safety, 10). */
    THE_REGISTER_IS_NOT_LOOKED_AT,
    /** The register is taken to name whatever process runs under the name (protocol safety, 11). */
    A_NAME_LEADS_WHATEVER_ITS_PROCESS,
    /** A swap of the register finds another version that says the same (protocol safety, 13). */
    REGISTERS_ARE_COMPARED_BY_WHAT_THEY_SAY,
    /** FIRST is taken for evidence of who vouched (protocol safety, 19). */
    FIRST_IS_FENCED_BY_ITS_FIRST,
    /** A forced term goes on with the revisions of what was given up (protocol safety, 21). */
    REVISIONS_GO_ON_AFTER_FORCE,
    /** A forced term begins at the bucket's end: more is lost than was named. */
    FORCE_LOSES_MORE_THAN_IT_NAMES,
    /** A walk that ends before other keys counts as the tip (protocol safety, 27). */
    A_HOLE_IS_TAKEN_FOR_THE_TIP;

    /** For one run. */
    Sabotage sabotage() {
        return switch (this) {
            case RECEIVED_IS_REPORTED_FLUSHED -> new Sabotages.ReceivedIsReportedFlushed();
            case RECEIVED_COUNTS_AS_FLUSHED -> new Sabotages.ReceivedCountsAsFlushed();
            case A_NAME_VOUCHES_WITHOUT_ITS_DISK -> new Sabotages.WipedDiskCounts();
            case AN_INDEX_IS_USED_AGAIN -> new Sabotages.IndexUsedAgain();
            case A_REMOVED_VOTER_GOES_AT_ONCE -> new MemberSabotages.RemovedVoterGoesAtOnce();
            case A_NEW_MEMBER_VOUCHES_AT_ONCE -> new MemberSabotages.NewMemberVouches();
            case THE_REGISTER_LEAVES_QUORUM_FIRST -> new Sabotages.RegisterFirst();
            case A_TAIL_IS_CUT_ANEW -> new Sabotages.TailCutAnew();
            case FRAMES_ARE_FORGOTTEN_BEFORE_THEY_ARE_STORED -> new Sabotages.ForgottenEarly();
            case A_PRIMARY_BEGINS_AHEAD_OF_THE_BUCKET -> new Sabotages.BeginsAhead();
            case SENT_IS_DECLARED_COMMITTED -> new Sabotages.SentIsCommitted();
            case A_READ_JOINS_A_QUESTION -> new Sabotages.ReadsJoin();
            case A_STANDBYS_LATER_TERM_IS_IGNORED -> new Sabotages.LaterTermsAreIgnored();
            case A_PROMISE_IS_FORGOTTEN -> new ElectorSabotages.PromisesAreForgotten();
            case THE_FENCE_IS_SKIPPED -> new ElectorSabotages.FenceIsSkipped();
            case A_FENCED_NODE_FOLLOWS_ON -> new ElectorSabotages.FencedFollowOn();
            case THE_LONGEST_FILE_WINS -> new ElectorSabotages.LongestFileWins();
            case A_PRIMARY_BEGINS_BELOW_THE_REQUIRED_TIP -> new ElectorSabotages.OpensBelowTheRequiredTip();
            case THE_LEVEL_IS_CONFIGURATIONS -> new ElectorSabotages.LevelOfConfiguration();
            case THE_FENCE_IS_BY_CONFIGURATION ->
                new ElectorSabotages.RuleOfConfiguration(StandbyRule.parse("ANY 2 (*)"));
            case QUORUM_IS_NOT_RECORDED -> new ElectorSabotages.QuorumIsNotRecorded();
            case A_NAME_IS_FENCED_WITHOUT_ITS_DISK -> new ElectorSabotages.FencedByName();
            case THE_OTHERS_ARE_NOT_ASKED -> new ElectorSabotages.OthersAreNotAsked();
            case THE_REGISTER_IS_MADE_ANEW -> new ElectorSabotages.RegisterIsMadeAnew();
            case SWAPS_ARE_NOT_COMPARED -> new ElectorSabotages.SwapsAreNotCompared();
            case A_LEASE_IS_MEASURED_BY_THE_WALL_CLOCK -> new ElectorSabotages.LeaseByWallClock();
            case FIRST_CHUNKS_GO -> new Sabotages.FirstChunksGo();
            case ONE_STANDBY_CONFIRMS_READS -> new Sabotages.OneStandbyConfirms();
            case THE_REGISTER_IS_NOT_LOOKED_AT -> new ElectorSabotages.TheRegisterIsNotLookedAt();
            case A_NAME_LEADS_WHATEVER_ITS_PROCESS -> new ElectorSabotages.ANameLeads();
            case REGISTERS_ARE_COMPARED_BY_WHAT_THEY_SAY -> new ElectorSabotages.RegistersAreComparedByWhatTheySay();
            case FIRST_IS_FENCED_BY_ITS_FIRST ->
                new ElectorSabotages.RuleOfConfiguration(StandbyRule.parse("ANY 1 (node-b)"));
            case REVISIONS_GO_ON_AFTER_FORCE -> new ElectorSabotages.RevisionsGoOn();
            case FORCE_LOSES_MORE_THAN_IT_NAMES -> new ElectorSabotages.ForcedAtTheBucketsEnd();
            case A_TERM_IS_HANDED_OVER_EARLY -> new ElectorSabotages.HandsOverEarly();
            case A_PRIMARY_SERVES_ON_AFTER_IT_HANDED_OVER -> new ElectorSabotages.ServesOnAfterHandingOver();
            case EVERY_REBUILD_IS_A_NEW_DISK -> new Sabotages.EveryRebuildIsANewDisk();
            case A_HOLE_IS_TAKEN_FOR_THE_TIP -> new Sabotages.HolesAreTips();
        };
    }
}
