package io.netsy.replication.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.replication.codec.Frame;
import io.netsy.replication.codec.FrameBuilder;
import io.netsy.replication.codec.FrameException;
import io.netsy.replication.core.PeerMessage.Hello;
import io.netsy.replication.core.PeerMessage.Identity;
import io.netsy.replication.core.PeerMessage.Report;
import io.netsy.replication.core.PrimaryEffect.Acknowledge;
import io.netsy.replication.core.PrimaryEffect.Adopt;
import io.netsy.replication.core.PrimaryEffect.AppendFrame;
import io.netsy.replication.core.PrimaryEffect.CloseStream;
import io.netsy.replication.core.PrimaryEffect.Commit;
import io.netsy.replication.core.PrimaryEffect.ConfirmReads;
import io.netsy.replication.core.PrimaryEffect.Halt;
import io.netsy.replication.core.PrimaryEffect.LeaseChanged;
import io.netsy.replication.core.PrimaryEffect.PutChunk;
import io.netsy.replication.core.PrimaryEffect.ReadChunk;
import io.netsy.replication.core.PrimaryEffect.ReadRegister;
import io.netsy.replication.core.PrimaryEffect.RecordRule;
import io.netsy.replication.core.PrimaryEffect.Serve;
import io.netsy.replication.core.PrimaryEffect.StepDown;
import io.netsy.replication.core.PrimaryEvent.ChunkAbsent;
import io.netsy.replication.core.PrimaryEvent.ChunkCreated;
import io.netsy.replication.core.PrimaryEvent.ChunkFound;
import io.netsy.replication.core.PrimaryEvent.ChunkOutcomeUnknown;
import io.netsy.replication.core.PrimaryEvent.ChunkRefused;
import io.netsy.replication.core.PrimaryEvent.FrameSequenced;
import io.netsy.replication.core.PrimaryEvent.Leaving;
import io.netsy.replication.core.PrimaryEvent.MembersChanged;
import io.netsy.replication.core.PrimaryEvent.OwnFlushed;
import io.netsy.replication.core.PrimaryEvent.ReadWaiting;
import io.netsy.replication.core.PrimaryEvent.RegisterSeen;
import io.netsy.replication.core.PrimaryEvent.RegisterUnreadable;
import io.netsy.replication.core.PrimaryEvent.RuleNotRecorded;
import io.netsy.replication.core.PrimaryEvent.RuleRecorded;
import io.netsy.replication.core.PrimaryEvent.StandbyCame;
import io.netsy.replication.core.PrimaryEvent.StandbyReported;
import io.netsy.replication.core.PrimaryEvent.Started;
import io.netsy.replication.core.PrimaryEvent.Staying;
import io.netsy.replication.core.PrimaryEvent.Tick;
import io.netsy.replication.core.Replication.BucketLoss;
import io.netsy.replication.core.Replication.StandbyLoss;
import io.netsy.replication.model.CommitLevel;
import io.netsy.replication.model.Entry;
import io.netsy.replication.model.LogPosition;
import io.netsy.replication.model.Moment;
import io.netsy.replication.model.StandbyRule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PrimaryCoreTest {
    private static final UUID ME = new UUID(1, 1);
    private static final UUID OTHER = new UUID(2, 2);
    private static final long TERM = 5;
    private static final LogPosition TIP = new LogPosition(4, 10, 77);
    private static final Duration LEASE = Duration.ofSeconds(5);

    private final PrimaryCore core = coreWithLease(LEASE);

    private static PrimaryCore coreWithLease(Duration lease) {
        return new PrimaryCore(
                TERM,
                ME,
                new PrimarySettings(
                        SyncRule.LOCAL, lease, Duration.ofMillis(50), Duration.ofSeconds(2), Replication.NONE),
                Opening.alone(TIP, 3, 0));
    }

    private static Moment at(long millis) {
        return new Moment(Duration.ofMillis(millis).toNanos(), 1_000_000 + millis);
    }

    private static Chunk chunk(long term, UUID process, LogPosition tip, Entry entry) {
        FrameBuilder builder = new FrameBuilder(term, tip, 3);
        builder.append(entry, 3);
        return new Chunk(term, process, List.of(builder.seal(0)));
    }

    private static <T extends PrimaryEffect> T only(List<PrimaryEffect> effects, Class<T> type) {
        return effects.stream()
                .filter(type::isInstance)
                .map(type::cast)
                .reduce((a, b) -> {
                    throw new AssertionError("more than one " + type.getSimpleName() + ": " + effects);
                })
                .orElseThrow(() -> new AssertionError("no " + type.getSimpleName() + " in " + effects));
    }

    /** Brings a core to serving, and answers the end of the log then. */
    private static LogPosition serve(PrimaryCore core) {
        Chunk termStart = only(core.step(new Started(at(0))), PutChunk.class).chunk();
        core.step(new ChunkCreated(termStart.firstIndex(), at(1)));
        List<PrimaryEffect> effects = core.step(new RegisterSeen(TERM, ME, at(1), at(2)));
        assertThat(effects).hasAtLeastOneElementOfType(Serve.class);
        return termStart.end();
    }

    private static Frame frameAfter(LogPosition tip) {
        return chunk(TERM, ME, tip, new Entry.Compaction(2)).frames().getFirst();
    }

    @Test
    void servesOnlyAfterTermStartStandsAndTheRegisterWasReadAgain() {
        Chunk termStart = only(core.step(new Started(at(0))), PutChunk.class).chunk();
        assertThat(termStart.firstIndex()).isEqualTo(11);
        assertThat(termStart.follows(TIP)).isTrue();
        assertThat(core.isIdle()).isFalse();

        List<PrimaryEffect> created = core.step(new ChunkCreated(11, at(1)));
        assertThat(created).containsExactly(new ReadRegister(1));
        assertThat(core.isIdle()).isFalse();

        List<PrimaryEffect> seen = core.step(new RegisterSeen(TERM, ME, at(1), at(2)));
        assertThat(seen.getFirst()).isInstanceOf(Serve.class);
        assertThat(core.isIdle()).isTrue();
    }

    @Test
    void scenario07_aTakenTermIsSeenBeforeServing() {
        core.step(new Started(at(0)));
        core.step(new ChunkCreated(11, at(1)));

        assertThat(core.step(new RegisterSeen(6, OTHER, at(1), at(2))).getFirst())
                .isInstanceOf(StepDown.class);
        assertThat(core.isIdle()).isFalse();
    }

    /** A question may leave before TermStart stands and be answered long after: it says nothing about what came between. */
    @Test
    void scenario07_aLookFromBeforeTermStartStoodDoesNotCount() {
        core.step(new Started(at(0)));
        assertThat(core.step(new Tick(at(1)))).containsExactly(new ReadRegister(1));
        core.step(new ChunkCreated(11, at(3)));

        List<PrimaryEffect> old = core.step(new RegisterSeen(TERM, ME, at(1), at(4)));
        assertThat(old).doesNotHaveAnyElementsOfTypes(Serve.class).contains(new ReadRegister(2));

        assertThat(core.step(new RegisterSeen(TERM, ME, at(4), at(5)))).hasAtLeastOneElementOfType(Serve.class);
    }

    @Test
    void aTipOfALaterTermEndsTheTermBeforeItBegan() {
        PrimaryCore late = new PrimaryCore(
                TIP.term() - 1,
                ME,
                new PrimarySettings(
                        SyncRule.LOCAL, LEASE, Duration.ofMillis(50), Duration.ofSeconds(2), Replication.NONE),
                Opening.alone(TIP, 3, 0));

        assertThat(late.step(new Started(at(0)))).hasSize(1).first().isInstanceOf(StepDown.class);
    }

    @Test
    void commitsWhatStandsAndNothingElse() {
        LogPosition start = serve(core);
        Frame frame = frameAfter(start);

        List<PrimaryEffect> sent = core.step(new FrameSequenced(frame, at(3)));
        assertThat(sent).containsExactly(new PutChunk(new Chunk(TERM, ME, List.of(frame))));

        assertThat(core.step(new ChunkCreated(frame.firstIndex(), at(4))))
                .containsExactly(new Commit(frame.end()), new Acknowledge(frame.end()));
    }

    @Test
    void oneChunkIsInFlightAndWaitingFramesLeaveTogetherWhole() {
        LogPosition start = serve(core);
        Frame first = frameAfter(start);
        Frame second = frameAfter(first.end());
        Frame third = frameAfter(second.end());
        core.step(new FrameSequenced(first, at(3)));
        assertThat(core.step(new FrameSequenced(second, at(3)))).isEmpty();
        assertThat(core.step(new FrameSequenced(third, at(3)))).isEmpty();

        List<PrimaryEffect> effects = core.step(new ChunkCreated(first.firstIndex(), at(4)));

        assertThat(effects)
                .containsExactly(
                        new PutChunk(new Chunk(TERM, ME, List.of(second, third))),
                        new Commit(first.end()),
                        new Acknowledge(first.end()));
    }

    @Test
    void aLostAnswerIsSettledByReadingTheOwnChunkBack() {
        Frame frame = frameAfter(serve(core));
        core.step(new FrameSequenced(frame, at(3)));

        assertThat(core.step(new ChunkOutcomeUnknown(frame.firstIndex(), "reset")))
                .containsExactly(new ReadChunk(frame.firstIndex()));
        assertThat(core.step(new ChunkFound(new Chunk(TERM, ME, List.of(frame)), at(4))))
                .containsExactly(new Commit(frame.end()), new Acknowledge(frame.end()));
    }

    @Test
    void absentIsStillUnknownSoTheSameBytesArePutAgainAfterAPause() {
        Frame frame = frameAfter(serve(core));
        core.step(new FrameSequenced(frame, at(3)));
        core.step(new ChunkOutcomeUnknown(frame.firstIndex(), "time-out"));

        List<PrimaryEffect> absent = core.step(new ChunkAbsent(frame.firstIndex(), at(10)));
        long wakeAt = only(absent, PrimaryEffect.WakeAt.class).bootNanos();
        assertThat(wakeAt).isEqualTo(at(60).bootNanos());
        assertThat(core.step(new Tick(at(59)))).doesNotHaveAnyElementsOfTypes(PutChunk.class);

        assertThat(only(core.step(new Tick(at(60))), PutChunk.class).chunk().frames())
                .containsExactly(frame);
    }

    @Test
    void refusedByTheOwnLateChunkIsSuccess() {
        Frame frame = frameAfter(serve(core));
        core.step(new FrameSequenced(frame, at(3)));

        assertThat(core.step(new ChunkRefused(frame.firstIndex()))).containsExactly(new ReadChunk(frame.firstIndex()));
        assertThat(core.step(new ChunkFound(new Chunk(TERM, ME, List.of(frame)), at(4))))
                .containsExactly(new Commit(frame.end()), new Acknowledge(frame.end()));
    }

    @Test
    void scenario11_anotherProcessOfTheSameTermIsNeverTakenForOneself() {
        Frame frame = frameAfter(serve(core));
        core.step(new FrameSequenced(frame, at(3)));
        core.step(new ChunkOutcomeUnknown(frame.firstIndex(), "reset"));

        List<PrimaryEffect> effects = core.step(new ChunkFound(new Chunk(TERM, OTHER, List.of(frame)), at(4)));

        assertThat(effects).hasSize(1).first().isInstanceOf(Halt.class);
    }

    @Test
    void aChunkOfAHigherTermEndsTheTerm() {
        LogPosition start = serve(core);
        core.step(new FrameSequenced(frameAfter(start), at(3)));
        core.step(new ChunkRefused(start.index() + 1));

        List<PrimaryEffect> effects = core.step(new ChunkFound(chunk(6, OTHER, start, new Entry.Compaction(9)), at(4)));

        assertThat(effects).hasSize(1).first().isInstanceOf(StepDown.class);
        assertThat(core.step(new Tick(at(5000)))).isEmpty();
    }

    @Test
    void aPredecessorsLateChunkIsAdoptedAndTermStartTriesTheNextKey() {
        core.step(new Started(at(0)));
        core.step(new ChunkRefused(11));
        Chunk late = chunk(4, OTHER, TIP, new Entry.Compaction(2));

        List<PrimaryEffect> effects = core.step(new ChunkFound(late, at(1)));

        assertThat(only(effects, Adopt.class).frames()).isEqualTo(late.frames());
        Chunk termStart = only(effects, PutChunk.class).chunk();
        assertThat(termStart.firstIndex()).isEqualTo(12);
        assertThat(termStart.follows(late.end())).isTrue();
    }

    private static List<Entry> beginningAfterForce(long forcedTerm, Chunk late) throws FrameException {
        PrimaryCore forced = new PrimaryCore(
                TERM,
                ME,
                new PrimarySettings(
                        SyncRule.LOCAL, LEASE, Duration.ofMillis(50), Duration.ofSeconds(2), Replication.NONE),
                Opening.alone(TIP, 3, forcedTerm));
        forced.step(new Started(at(0)));
        forced.step(new ChunkRefused(11));
        return only(forced.step(new ChunkFound(late, at(1))), PutChunk.class)
                .chunk()
                .frames()
                .getFirst()
                .entries();
    }

    /** In one chunk with TermStart, behind whatever a predecessor put late; and no more once a term began that knew of it. */
    @Test
    void scenario21_theTermThatGoesOnWithoutWhatWasGivenUpPassesItsRevisionsOver() throws FrameException {
        Chunk late = chunk(4, OTHER, TIP, new Entry.Compaction(2));
        Entry.TermStart start = new Entry.TermStart(TERM, ME, 4);
        long bumped = 3 + PrimaryCore.FORCED_REVISIONS;

        assertThat(beginningAfterForce(TERM, late))
                .containsExactly(start, new Entry.RevisionBump(bumped), new Entry.Compaction(bumped));
        assertThat(beginningAfterForce(0, late)).containsExactly(start);
        assertThat(beginningAfterForce(4, late)).containsExactly(start);
    }

    @Test
    void aTermBetweenThatBeganClosesTheTailOfTheTermBefore() {
        FrameBuilder builder = new FrameBuilder(TIP.term(), TIP, 3);
        builder.append(new Entry.Compaction(2), 3);
        Frame kept = builder.seal(0);
        builder.append(new Entry.Compaction(3), 3);
        Frame dropped = builder.seal(0);
        PrimaryCore third = new PrimaryCore(
                TERM + 1,
                ME,
                new PrimarySettings(
                        SyncRule.LOCAL, LEASE, Duration.ofMillis(50), Duration.ofSeconds(2), Replication.NONE),
                new Opening(TIP, 3, List.of(kept, dropped), Set.of(), 0));
        third.step(new Started(at(0)));
        third.step(new ChunkRefused(11));
        Chunk archived = new Chunk(TERM, OTHER, List.of(kept));
        assertThat(only(third.step(new ChunkFound(archived, at(1))), PutChunk.class)
                        .chunk()
                        .frames())
                .containsExactly(dropped);
        third.step(new ChunkRefused(12));
        Chunk between = chunk(TERM, OTHER, kept.end(), new Entry.TermStart(TERM, OTHER, TIP.term()));

        List<PrimaryEffect> effects = third.step(new ChunkFound(between, at(2)));

        assertThat(only(effects, Adopt.class).frames()).isEqualTo(between.frames());
        assertThat(only(effects, PutChunk.class).chunk().follows(between.end())).isTrue();
    }

    @Test
    void aLateChunkThatContradictsTheTailStopsTheNode() {
        Frame own =
                chunk(TIP.term(), OTHER, TIP, new Entry.Compaction(2)).frames().getFirst();
        PrimaryCore withTail = new PrimaryCore(
                TERM,
                ME,
                new PrimarySettings(
                        SyncRule.LOCAL, LEASE, Duration.ofMillis(50), Duration.ofSeconds(2), Replication.NONE),
                new Opening(TIP, 3, List.of(own), Set.of(), 0));
        withTail.step(new Started(at(0)));
        withTail.step(new ChunkRefused(11));

        Chunk other = chunk(TIP.term(), OTHER, TIP, new Entry.Compaction(3));
        assertThat(withTail.step(new ChunkFound(other, at(1))))
                .hasSize(1)
                .first()
                .isInstanceOf(Halt.class);
    }

    @Test
    void aLateChunkThatDoesNotFollowTheTipStopsTheNode() {
        core.step(new Started(at(0)));
        core.step(new ChunkRefused(11));
        Chunk stranger = chunk(4, OTHER, new LogPosition(4, 10, 78), new Entry.Compaction(2));

        assertThat(core.step(new ChunkFound(stranger, at(1))))
                .hasSize(1)
                .first()
                .isInstanceOf(Halt.class);
    }

    @Test
    void aLowerTermAfterTermStartIsNeverAdopted() {
        LogPosition start = serve(core);
        core.step(new FrameSequenced(frameAfter(start), at(3)));
        core.step(new ChunkRefused(start.index() + 1));
        Chunk late = new Chunk(4, OTHER, List.of(frameAfter(start)));

        assertThat(core.step(new ChunkFound(late, at(4)))).hasSize(1).first().isInstanceOf(Halt.class);
    }

    @Test
    void scenario10_aDeposedIdlePrimaryStepsDownByLookingAtTheRegister() {
        serve(core);
        List<PrimaryEffect> due = core.step(new Tick(at(2 + LEASE.toMillis() / 3)));
        assertThat(due).hasAtLeastOneElementOfType(ReadRegister.class);

        List<PrimaryEffect> effects = core.step(new RegisterSeen(6, OTHER, at(1700), at(1701)));

        assertThat(only(effects, StepDown.class).reason()).contains("term 6");
    }

    @Test
    void scenario25_withoutConfirmationNoChunkStartsUntilTheRegisterConfirms() {
        LogPosition start = serve(core);
        core.step(new Tick(at(2000)));
        core.step(new RegisterUnreadable("cut off", at(2001)));
        Frame frame = frameAfter(start);

        List<PrimaryEffect> late = core.step(new FrameSequenced(frame, at(1 + LEASE.toMillis())));
        assertThat(late).doesNotHaveAnyElementsOfTypes(PutChunk.class);

        core.step(new Tick(at(6000)));
        List<PrimaryEffect> confirmed = core.step(new RegisterSeen(TERM, ME, at(6000), at(6001)));
        assertThat(only(confirmed, PutChunk.class).chunk().frames()).containsExactly(frame);
    }

    @Test
    void theLeaseCountsFromBeforeTheQuestionWasSent() {
        serve(core);
        core.step(new Tick(at(2000)));

        List<PrimaryEffect> effects = core.step(new RegisterSeen(TERM, ME, at(2000), at(2900)));

        ReadLease lease = effects.stream()
                .filter(LeaseChanged.class::isInstance)
                .map(effect -> ((LeaseChanged) effect).lease())
                .findFirst()
                .orElseThrow();
        assertThat(lease.validUntilNanos()).isEqualTo(at(7000).bootNanos());
    }

    @Test
    void scenario23_aReadThatCameDuringTheQuestionWaitsForTheNextOne() {
        PrimaryCore unleased = coreWithLease(Duration.ZERO);
        serve(unleased);
        assertThat(unleased.step(new ReadWaiting(at(10)))).containsExactly(new ReadRegister(2));
        assertThat(unleased.step(new ReadWaiting(at(11)))).isEmpty();

        List<PrimaryEffect> first = unleased.step(new RegisterSeen(TERM, ME, at(10), at(12)));

        assertThat(first).containsSequence(new ConfirmReads(2), new ReadRegister(3));
        assertThat(unleased.step(new RegisterSeen(TERM, ME, at(12), at(13)))).containsExactly(new ConfirmReads(3));
    }

    @Test
    void aFrameThatDoesNotFollowHaltsInsteadOfForking() {
        serve(core);

        List<PrimaryEffect> effects = core.step(new FrameSequenced(frameAfter(new LogPosition(TERM, 11, 1)), at(3)));

        assertThat(effects).hasSize(1).first().isInstanceOf(Halt.class);
    }

    private static PrimaryCore clusterCore(SyncRule inForce, StandbyLoss loss, List<Frame> tail) {
        return clusterCore(inForce, loss, tail, Set.of());
    }

    private static PrimaryCore clusterCore(SyncRule inForce, StandbyLoss loss, List<Frame> tail, Set<Identity> voters) {
        SyncRule wanted = new SyncRule(CommitLevel.QUORUM, StandbyRule.parse("ANY 1 (b, c)"));
        Replication replication = new Replication(
                "a", Set.of("a", "b", "c"), wanted, Set.of(), loss, BucketLoss.STALL, Replication.Limits.DEFAULT);
        return new PrimaryCore(
                TERM,
                ME,
                new PrimarySettings(inForce, Duration.ZERO, Duration.ofMillis(50), Duration.ofSeconds(2), replication),
                new Opening(TIP, 3, tail, voters, 0));
    }

    private static List<Frame> appended(List<PrimaryEffect> effects) {
        return effects.stream()
                .filter(AppendFrame.class::isInstance)
                .map(effect -> ((AppendFrame) effect).frame())
                .toList();
    }

    @Test
    void whatTheOwnFileHoldsIsArchivedFirstAndNotAppendedToItAgain() {
        Frame first = chunk(4, OTHER, TIP, new Entry.Compaction(2)).frames().getFirst();
        Frame second =
                chunk(4, OTHER, first.end(), new Entry.Compaction(3)).frames().getFirst();
        PrimaryCore recovered = clusterCore(SyncRule.LOCAL, StandbyLoss.DEGRADE, List.of(first, second));

        Chunk missing = only(recovered.step(new Started(at(0))), PutChunk.class).chunk();
        List<PrimaryEffect> stored = recovered.step(new ChunkCreated(missing.firstIndex(), at(1)));

        assertThat(missing.frames()).containsExactly(first, second);
        assertThat(only(stored, Adopt.class).frames()).containsExactly(first, second);
        assertThat(appended(stored)).isEmpty();
        Chunk termStart = only(stored, PutChunk.class).chunk();
        assertThat(termStart.follows(second.end())).isTrue();
        recovered.step(new ChunkCreated(termStart.firstIndex(), at(2)));
        assertThat(appended(recovered.step(new RegisterSeen(TERM, ME, at(2), at(3)))))
                .isEqualTo(termStart.frames());
    }

    @Test
    void ofALateChunkOnlyWhatGoesBeyondTheOwnFileIsAppendedToIt() {
        Frame held = chunk(4, OTHER, TIP, new Entry.Compaction(2)).frames().getFirst();
        Frame beyond =
                chunk(4, OTHER, held.end(), new Entry.Compaction(3)).frames().getFirst();
        PrimaryCore recovered = clusterCore(SyncRule.LOCAL, StandbyLoss.DEGRADE, List.of(held));

        recovered.step(new Started(at(0)));
        recovered.step(new ChunkRefused(held.firstIndex()));
        List<PrimaryEffect> adopted = recovered.step(new ChunkFound(new Chunk(4, OTHER, List.of(held, beyond)), at(2)));

        assertThat(only(adopted, Adopt.class).frames()).containsExactly(held, beyond);
        assertThat(appended(adopted)).containsExactly(beyond);
    }

    private static StandbyCame standbyOfTerm(long term, long atMillis) {
        Identity identity = new Identity(new UUID(7, 7), "b", new UUID(3, 3));
        return new StandbyCame(9, new Hello(identity, term, TIP, List.of()), at(atMillis));
    }

    /** An elector that died after its first step: nobody else would ever tell the primary that another term began. */
    @Test
    void scenario25_aStandbyOfALaterTermHasThePrimaryLookAtTheRegister() {
        PrimaryCore deposed = clusterCore(SyncRule.LOCAL, StandbyLoss.DEGRADE, List.of());
        serve(deposed);

        List<PrimaryEffect> came = deposed.step(standbyOfTerm(TERM + 1, 3));
        assertThat(came).hasAtLeastOneElementOfType(CloseStream.class);
        only(came, ReadRegister.class);

        List<PrimaryEffect> seen = deposed.step(new RegisterSeen(TERM + 1, OTHER, at(3), at(4)));
        assertThat(only(seen, StepDown.class).reason()).contains("term 6");
    }

    @Test
    void aLaterTermThatTheRegisterDoesNotKnowIsLookedForOnce() {
        PrimaryCore primary = clusterCore(SyncRule.LOCAL, StandbyLoss.DEGRADE, List.of());
        serve(primary);
        primary.step(standbyOfTerm(TERM + 1, 3));
        primary.step(new RegisterSeen(TERM, ME, at(3), at(4)));

        assertThat(primary.step(standbyOfTerm(TERM + 1, 5))).doesNotHaveAnyElementsOfTypes(ReadRegister.class);
        assertThat(primary.step(standbyOfTerm(TERM + 2, 6))).hasAtLeastOneElementOfType(ReadRegister.class);
    }

    @Test
    void scenario25_aRegisterThatTakesNoChangeIsLookedAt() {
        PrimaryCore deposed = clusterCore(SyncRule.LOCAL, StandbyLoss.BLOCK, List.of());
        serve(deposed);

        assertThat(deposed.step(new RuleNotRecorded("it names another", at(4))))
                .hasAtLeastOneElementOfType(ReadRegister.class);
    }

    /** Whether a write at {@code quorum} goes to the bucket as soon as it is committed, a while before it is due there. */
    private static boolean archivesAtOnceAfter(PrimaryEvent... before) {
        SyncRule quorum = new SyncRule(CommitLevel.QUORUM, StandbyRule.parse("ANY 1 (b, c)"));
        Identity standby = new Identity(new UUID(7, 7), "b", new UUID(3, 3));
        PrimaryCore primary = clusterCore(quorum, StandbyLoss.DEGRADE, List.of(), Set.of(standby));
        LogPosition end = serve(primary);
        for (PrimaryEvent event : before) {
            primary.step(event);
        }
        primary.step(new StandbyCame(9, new Hello(standby, TERM, TIP, List.of(end)), at(3)));
        Frame frame = frameAfter(end);
        List<PrimaryEffect> effects = new ArrayList<>(primary.step(new FrameSequenced(frame, at(4))));
        effects.addAll(primary.step(new OwnFlushed(frame.end(), at(5))));
        effects.addAll(primary.step(new StandbyReported(9, new Report(frame.end(), frame.end(), end), at(5))));
        assertThat(effects).hasAtLeastOneElementOfType(Commit.class);
        return effects.stream().anyMatch(PutChunk.class::isInstance);
    }

    @Test
    void aPrimaryThatLeavesArchivesAtOnceAndOneThatStaysAfterAllDoesNot() {
        assertThat(archivesAtOnceAfter()).isFalse();
        assertThat(archivesAtOnceAfter(new Leaving(at(2)))).isTrue();
        assertThat(archivesAtOnceAfter(new Leaving(at(2)), new Staying())).isFalse();
    }

    /** The register may have dropped its disk already, whatever the log says of it by now. */
    @Test
    void aMemberThatComesAgainWhileItIsTakenOutOfTheRegisterVouchesForNothing() {
        SyncRule quorum = new SyncRule(CommitLevel.QUORUM, StandbyRule.parse("ANY 1 (b, c)"));
        Identity b = new Identity(new UUID(7, 7), "b", new UUID(3, 3));
        Identity c = new Identity(new UUID(7, 7), "c", new UUID(4, 4));
        PrimaryCore primary = clusterCore(quorum, StandbyLoss.DEGRADE, List.of(), Set.of(b, c));
        LogPosition end = serve(primary);
        primary.step(new StandbyCame(8, new Hello(c, TERM, TIP, List.of(end)), at(3)));
        primary.step(new StandbyReported(8, new Report(end, end, end), at(3)));
        primary.step(new StandbyCame(9, new Hello(b, TERM, TIP, List.of(end)), at(3)));

        assertThat(primary.step(new MembersChanged(Membership.voting(Set.of("a", "c")), at(4))))
                .hasAtLeastOneElementOfType(RecordRule.class);
        primary.step(new MembersChanged(Membership.voting(Set.of("a", "b", "c")), at(5)));
        primary.step(new StandbyCame(10, new Hello(b, TERM, TIP, List.of(end)), at(6)));
        Frame frame = frameAfter(end);
        List<PrimaryEffect> effects = new ArrayList<>(primary.step(new FrameSequenced(frame, at(7))));
        effects.addAll(primary.step(new OwnFlushed(frame.end(), at(8))));
        effects.addAll(primary.step(new StandbyReported(10, new Report(frame.end(), frame.end(), end), at(9))));

        assertThat(effects).doesNotHaveAnyElementsOfTypes(Commit.class);
        assertThat(primary.step(new StandbyReported(8, new Report(frame.end(), frame.end(), end), at(10))))
                .hasAtLeastOneElementOfType(Commit.class);
    }

    /** Whether a write is committed that the primary and the bucket have, and no standby. */
    private static boolean commitsWithoutStandbys(StandbyLoss loss) {
        PrimaryCore alone = clusterCore(SyncRule.LOCAL, loss, List.of());
        Frame frame = frameAfter(serve(alone));
        List<PrimaryEffect> effects = new ArrayList<>(alone.step(new FrameSequenced(frame, at(3))));
        effects.addAll(alone.step(new OwnFlushed(frame.end(), at(4))));
        effects.addAll(alone.step(new RuleRecorded(at(5))));
        effects.addAll(alone.step(new ChunkCreated(frame.firstIndex(), at(6))));
        effects.addAll(alone.step(new Tick(at(60_000))));
        return effects.stream().anyMatch(Commit.class::isInstance);
    }

    @Test
    void whereLostStandbysBlockNothingIsCommittedWithoutThemAfterAStart() {
        assertThat(commitsWithoutStandbys(StandbyLoss.DEGRADE)).isTrue();
        assertThat(commitsWithoutStandbys(StandbyLoss.BLOCK)).isFalse();
    }
}
