package io.netsy.replication.core;

import io.netsy.replication.core.PeerMessage.Identity;
import io.netsy.replication.core.PrimaryEffect.RecordRule;
import io.netsy.replication.core.PrimaryEffect.WakeAt;
import io.netsy.replication.core.Replication.StandbyLoss;
import io.netsy.replication.model.CommitLevel;
import io.netsy.replication.model.CommitLevel.StandbyWord;
import io.netsy.replication.model.Moment;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rule in force and the way from one to the next: a rule, or a voter's new disk, counts once the register holds it.
 *
 * <ol>
 *   <li>While a change is under way, a commit must meet the old rule and the new one (protocol safety, 4).
 *   <li>Away from {@code quorum}: from now on nothing is acknowledged by flush alone; what was is archived; only then the
 *       register is swapped (protocol safety, 3 and 14).
 *   <li>To a rule with standbys: they hold everything committed on disks that the same swap makes voters. Where lost standbys
 *       block, it comes into force without them, so that nothing is acknowledged by less, after a start either.
 *   <li>Where the register says {@code quorum} only so that writes may go on without the bucket, the wanted rule holds until
 *       the bucket is lost, and again from its first answer on (protocol safety, 5).
 *   <li>A member that was removed vouches for nothing from then on; it leaves the register's voters once enough of those that stay hold
 *       everything committed, or the bucket is complete. A new one vouches once the register lists it (protocol safety, 4).
 *   <li>A change that was begun is finished, whatever happens meanwhile: its swap may be on its way (protocol safety, 13).
 * </ol>
 */
final class RuleInForce {
    private static final Duration RETRY_PAUSE = Duration.ofMillis(250);

    private final Replication replication;
    private final Standbys standbys;
    private SyncRule inForce;
    private SyncRule rule;
    private @Nullable Change change;
    private boolean recording;
    private boolean bucketLost;
    private long nextTryNanos;
    private boolean lacking;
    private long lackingSinceNanos;

    /**
     * A change under way.
     *
     * @param archiveFirst must be in the bucket before the register is swapped
     */
    private record Change(SyncRule rule, Set<Identity> voters, long archiveFirst) {}

    RuleInForce(SyncRule inForce, Replication replication, Standbys standbys) {
        this.inForce = inForce;
        this.rule = inForce;
        this.replication = replication;
        this.standbys = standbys;
        chooseRule();
    }

    /**
     * A rule that the register may hold at this moment, by which an elector may fence.
     *
     * @param voters the disks that it names with it
     */
    record Recorded(SyncRule rule, Set<Identity> voters) {}

    /** What the register says; while a change is under way also what it may say already (protocol safety, 4 and 8). */
    List<Recorded> recorded() {
        Recorded current = new Recorded(inForce, standbys.voters());
        return change == null ? List.of(current) : List.of(current, new Recorded(change.rule(), change.voters()));
    }

    /** Whether no change is under way. */
    boolean isSettled() {
        return change == null;
    }

    /** What a commit waits for: what the register says, or more. */
    SyncRule rule() {
        return rule;
    }

    private void chooseRule() {
        rule = !bucketLost && inForce.equals(replication.recorded(standbys.members()))
                ? replication.wanted(standbys.members())
                : inForce;
    }

    /** The bucket answers, or has not answered for too long. */
    void setBucketLost(boolean lost) {
        if (lost != bucketLost) {
            bucketLost = lost;
            chooseRule();
        }
    }

    /** Whether writes go on without the bucket, by policy, because it does not answer. */
    boolean isBucketLost() {
        return bucketLost;
    }

    /** Whether frames go to the bucket as soon as they can, committed or not: something waits for the bucket. */
    boolean waitsForBucket() {
        return rule().level().isCompleteInBucket()
                || (change != null && change.rule().level().isCompleteInBucket());
    }

    /** Whether a commit waits for what standbys apply. */
    boolean waitsForApplied() {
        return rule().level().standbyWord() == StandbyWord.APPLIED
                || (change != null && change.rule().level().standbyWord() == StandbyWord.APPLIED);
    }

    long committed(Evidence evidence) {
        long committed = CommitRule.committed(rule(), evidence);
        return change == null ? committed : Math.min(committed, CommitRule.committed(change.rule(), evidence));
    }

    long acknowledged(long committed, Evidence evidence) {
        long acknowledged = CommitRule.acknowledged(rule(), committed, evidence);
        return change == null
                ? acknowledged
                : Math.min(acknowledged, CommitRule.acknowledged(change.rule(), committed, evidence));
    }

    /** How far the log is, as indexes. */
    record Reach(long sequenced, long stored, long committed) {}

    /** The members are others: what is wanted of them may be another rule. */
    void handleMembersChanged() {
        chooseRule();
    }

    /** Begins a change if there is a reason to, or goes on with the one under way. */
    void review(Moment now, Reach reach, List<PrimaryEffect> effects) {
        if (change == null) {
            maybeBegin(now, reach, effects);
        }
        maybeRecord(now, reach, effects);
    }

    private void maybeBegin(Moment now, Reach reach, List<PrimaryEffect> effects) {
        SyncRule wanted = replication.recorded(standbys.members());
        boolean enough = !wanted.level().needsStandbys() || standbys.hold(wanted.standbys(), reach.committed());
        Set<Identity> voters = standbys.votersWith(reach.committed());
        if (enough) {
            lacking = false;
            if (!inForce.equals(wanted) || !voters.equals(standbys.voters())) {
                begin(wanted, voters, reach);
            }
        } else if (replication.loss() == StandbyLoss.BLOCK) {
            if (!inForce.equals(wanted)) {
                begin(wanted, standbys.voters(), reach);
            }
        } else if (inForce.level().needsStandbys()) {
            if (lacksFor(now, effects).compareTo(replication.limits().standbyTimeout()) >= 0) {
                begin(SyncRule.LOCAL, standbys.voters(), reach);
            }
        } else if (!standbys.votersThatAreMembers().equals(standbys.voters())) {
            // The bucket is complete, so a voter that is gone has nothing that anybody would look for.
            begin(inForce, standbys.votersThatAreMembers(), reach);
        }
    }

    private Duration lacksFor(Moment now, List<PrimaryEffect> effects) {
        if (!lacking) {
            lacking = true;
            lackingSinceNanos = now.bootNanos();
            effects.add(new WakeAt(
                    now.bootNanos() + replication.limits().standbyTimeout().toNanos()));
        }
        return Duration.ofNanos(now.bootNanos() - lackingSinceNanos);
    }

    private void begin(SyncRule rule, Set<Identity> voters, Reach reach) {
        boolean leavesQuorum = inForce.level() == CommitLevel.QUORUM && rule.level() != CommitLevel.QUORUM;
        change = new Change(rule, voters, leavesQuorum ? reach.sequenced() : 0);
        standbys.expectVoters(voters);
        lacking = false;
    }

    private void maybeRecord(Moment now, Reach reach, List<PrimaryEffect> effects) {
        Change current = change;
        if (current != null
                && !recording
                && reach.stored() >= current.archiveFirst()
                && now.bootNanos() - nextTryNanos >= 0) {
            recording = true;
            effects.add(new RecordRule(current.rule(), current.voters()));
        }
    }

    /** The register holds it: it counts. */
    void handleRecorded(List<PrimaryEffect> effects) {
        Change current = change;
        if (current != null && recording) {
            inForce = current.rule();
            chooseRule();
            standbys.setVoters(current.voters(), effects);
            change = null;
            recording = false;
        }
    }

    void handleNotRecorded(Moment now, List<PrimaryEffect> effects) {
        recording = false;
        nextTryNanos = now.bootNanos() + RETRY_PAUSE.toNanos();
        effects.add(new WakeAt(nextTryNanos));
    }
}
