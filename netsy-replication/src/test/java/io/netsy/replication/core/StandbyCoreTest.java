package io.netsy.replication.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.replication.codec.Frame;
import io.netsy.replication.codec.FrameBuilder;
import io.netsy.replication.core.PeerMessage.Begin;
import io.netsy.replication.core.PeerMessage.FromPrimary;
import io.netsy.replication.core.PeerMessage.Hello;
import io.netsy.replication.core.PeerMessage.Identity;
import io.netsy.replication.core.PeerMessage.Progress;
import io.netsy.replication.core.PeerMessage.Rebuild;
import io.netsy.replication.core.PeerMessage.Report;
import io.netsy.replication.core.PeerMessage.Send;
import io.netsy.replication.core.StandbyEffect.AnswerFence;
import io.netsy.replication.core.StandbyEffect.AppendFrame;
import io.netsy.replication.core.StandbyEffect.Apply;
import io.netsy.replication.core.StandbyEffect.Began;
import io.netsy.replication.core.StandbyEffect.CloseStream;
import io.netsy.replication.core.StandbyEffect.Flush;
import io.netsy.replication.core.StandbyEffect.PromiseTerm;
import io.netsy.replication.core.StandbyEffect.RebuildFromBucket;
import io.netsy.replication.core.StandbyEffect.ToPrimary;
import io.netsy.replication.core.StandbyEffect.Truncate;
import io.netsy.replication.core.StandbyEvent.AppliedUpTo;
import io.netsy.replication.core.StandbyEvent.FenceAsked;
import io.netsy.replication.core.StandbyEvent.FlushEnded;
import io.netsy.replication.core.StandbyEvent.PrimarySaid;
import io.netsy.replication.core.StandbyEvent.StreamClosed;
import io.netsy.replication.core.StandbyEvent.StreamOpened;
import io.netsy.replication.model.Entry;
import io.netsy.replication.model.LogPosition;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A standby that has applied up to {@link #TIP} and holds two frames of term 5 after it. */
class StandbyCoreTest {
    private static final Identity ME = new Identity(new UUID(7, 7), "b", new UUID(1, 1));
    private static final UUID PRIMARY = new UUID(2, 2);
    private static final long STREAM = 3;
    private static final long TERM = 5;
    private static final LogPosition TIP = new LogPosition(4, 10, 77);
    private static final Frame FIRST = after(TIP, TERM);
    private static final Frame SECOND = after(FIRST.end(), TERM);
    private static final Frame THIRD = after(SECOND.end(), TERM);

    private final StandbyCore core = new StandbyCore(ME, new Holdings(TERM, TIP, List.of(FIRST, SECOND)));

    private static Frame after(LogPosition position, long term) {
        FrameBuilder builder = new FrameBuilder(term, position, 3);
        builder.append(new Entry.Compaction(position.index()), 3);
        return builder.seal(0);
    }

    private List<StandbyEffect> said(FromPrimary message) {
        return core.step(new PrimarySaid(STREAM, message));
    }

    private List<StandbyEffect> begin(long term, LogPosition after, LogPosition committed) {
        core.step(new StreamOpened(STREAM));
        return said(new Begin(term, PRIMARY, after, new Progress(after.index(), committed, TIP.index(), false)));
    }

    private static Report onlyReport(List<StandbyEffect> effects) {
        assertThat(effects).hasSize(1).first().isInstanceOf(ToPrimary.class);
        return (Report) ((ToPrimary) effects.getFirst()).message();
    }

    @Test
    void helloTellsWhereEachFrameItHoldsEnds() {
        assertThat(core.step(new StreamOpened(STREAM)))
                .containsExactly(new ToPrimary(STREAM, new Hello(ME, TERM, TIP, List.of(FIRST.end(), SECOND.end()))));
    }

    @Test
    void whatThePrimaryLacksGoesAndALaterTermIsPromisedFirst() {
        List<StandbyEffect> began = begin(TERM + 1, FIRST.end(), TIP);

        assertThat(began)
                .startsWith(new PromiseTerm(TERM + 1), new Truncate(FIRST.end()), new Began(TERM + 1, PRIMARY));
        assertThat(core.end()).isEqualTo(FIRST.end());
    }

    @Test
    void aPrimaryOfALowerTermIsNotFollowed() {
        List<StandbyEffect> began = begin(TERM - 1, SECOND.end(), TIP);

        assertThat(began).hasSize(1).first().isInstanceOf(CloseStream.class);
        assertThat(core.isStreaming()).isFalse();
    }

    @Test
    void aFrameIsAppendedThenFlushedAndReportedFlushedOnlyThen() {
        begin(TERM, SECOND.end(), TIP);

        List<StandbyEffect> sent = said(new Send(THIRD, TIP.index()));
        assertThat(sent).containsExactly(new AppendFrame(THIRD), new Flush(0));

        Report report = onlyReport(core.step(new FlushEnded(0, THIRD.end())));
        assertThat(report).isEqualTo(new Report(THIRD.end(), THIRD.end(), TIP));
    }

    @Test
    void aFlushThatCrossedACutConfirmsNothing() {
        begin(TERM, SECOND.end(), TIP);
        said(new Send(THIRD, TIP.index()));
        begin(TERM + 1, FIRST.end(), TIP);

        assertThat(core.step(new FlushEnded(0, THIRD.end()))).isEmpty();
        Frame other = after(FIRST.end(), TERM + 1);
        said(new Send(other, TIP.index()));
        assertThat(onlyReport(core.step(new FlushEnded(1, other.end()))).flushed())
                .isEqualTo(other.end());
    }

    @Test
    void scenario18_aFenceClosesTheStreamPromisesFlushesAndOnlyThenAnswers() {
        begin(TERM, SECOND.end(), TIP);
        said(new Send(THIRD, TIP.index()));

        List<StandbyEffect> asked = core.step(new FenceAsked(1, TERM + 1));
        assertThat(asked).hasSize(2).first().isInstanceOf(CloseStream.class);
        assertThat(asked.getLast()).isEqualTo(new PromiseTerm(TERM + 1));
        assertThat(core.isStreaming()).isFalse();

        assertThat(core.step(new FlushEnded(0, THIRD.end())))
                .containsExactly(new AnswerFence(1, TERM + 1, THIRD.end()));
        List<StandbyEffect> old = begin(TERM, THIRD.end(), TIP);
        assertThat(old).hasSize(1).first().isInstanceOf(CloseStream.class);
    }

    @Test
    void aFenceIsAnsweredWithAnEntryNeverWithThePromise() {
        assertThat(core.step(new FenceAsked(1, TERM + 9)))
                .containsExactly(new PromiseTerm(TERM + 9), new AnswerFence(1, TERM + 9, SECOND.end()));
        assertThat(core.step(new FenceAsked(2, TERM + 9))).containsExactly(new AnswerFence(2, TERM + 9, SECOND.end()));
        assertThat(core.step(new FenceAsked(3, TERM + 8))).isEmpty();
    }

    @Test
    void whoFollowsThePrimaryOfATermHasNothingToSayInItsElection() {
        begin(TERM + 1, SECOND.end(), TIP);

        assertThat(core.step(new FenceAsked(1, TERM + 1))).isEmpty();
        assertThat(core.isStreaming()).isTrue();
    }

    /** A fence closes the streams of older terms before it is answered. */
    @Test
    void scenario18_noFlushIsConfirmedOnceTheStreamIsClosed() {
        begin(TERM, SECOND.end(), TIP);
        said(new Send(THIRD, TIP.index()));
        core.step(new StreamClosed(STREAM));

        assertThat(core.step(new FlushEnded(0, THIRD.end()))).isEmpty();
        assertThat(said(new Progress(THIRD.lastIndex(), THIRD.end(), TIP.index(), false)))
                .isEmpty();
    }

    @Test
    void scenario20_appliesWhatIsDeclaredCommittedAndFlushedHereAndNoMore() {
        assertThat(begin(TERM, SECOND.end(), FIRST.end())).contains(new Apply(List.of(FIRST)));
        said(new Send(THIRD, TIP.index()));

        List<StandbyEffect> unflushed = said(new Progress(THIRD.lastIndex(), THIRD.end(), TIP.index(), false));
        assertThat(unflushed).contains(new Apply(List.of(SECOND)));
        assertThat(core.step(new FlushEnded(0, THIRD.end()))).contains(new Apply(List.of(THIRD)));
    }

    @Test
    void whatIsAppliedIsReportedAtOnceOnlyWhereACommitWaitsForIt() {
        begin(TERM, SECOND.end(), FIRST.end());

        assertThat(core.step(new AppliedUpTo(FIRST.end()))).isEmpty();
        assertThat(onlyReport(said(new Progress(SECOND.lastIndex(), FIRST.end(), TIP.index(), false)))
                        .applied())
                .isEqualTo(FIRST.end());

        said(new Progress(SECOND.lastIndex(), SECOND.end(), TIP.index(), true));
        assertThat(onlyReport(core.step(new AppliedUpTo(SECOND.end()))).applied())
                .isEqualTo(SECOND.end());
    }

    @Test
    void aFrameThatDoesNotFollowEndsTheStream() {
        begin(TERM, FIRST.end(), TIP);

        assertThat(said(new Send(THIRD, TIP.index()))).hasSize(1).first().isInstanceOf(CloseStream.class);
        assertThat(core.end()).isEqualTo(FIRST.end());
    }

    @Test
    void aFrameThatGotLostOnTheWayEndsTheStream() {
        begin(TERM, SECOND.end(), TIP);

        assertThat(said(new Progress(THIRD.lastIndex(), TIP, TIP.index(), false)))
                .hasSize(1)
                .first()
                .isInstanceOf(CloseStream.class);
    }

    @Test
    void anotherHistoryBelowWhatIsCommittedHasItBuiltAnew() {
        List<StandbyEffect> began = begin(TERM, new LogPosition(4, 9, 1), TIP);

        assertThat(began).hasOnlyElementsOfTypes(CloseStream.class, RebuildFromBucket.class);
    }

    /** Whether an order to build anew, after the bucket's tip and under a term, makes this disk count as a new one. */
    private boolean losesVote(long term, long storedIndex) {
        core.step(new StreamOpened(STREAM));
        List<StandbyEffect> effects = said(new Rebuild(term, storedIndex, "too old"));
        return ((RebuildFromBucket) effects.getLast()).losesVote();
    }

    @Test
    void scenario06_whatTheBucketHoldsMayGoWithoutLosingTheVote() {
        assertThat(losesVote(TERM, SECOND.lastIndex())).isFalse();
    }

    @Test
    void scenario06_whatIsOfATermBeforeTheOneThatBeganMayGoWithoutLosingTheVote() {
        assertThat(losesVote(TERM + 1, TIP.index())).isFalse();
    }

    @Test
    void scenario06_whatAnElectionMayNeedCostsTheVote() {
        assertThat(losesVote(TERM, FIRST.lastIndex())).isTrue();
    }

    @Test
    void aPrimaryOfALowerTermOrdersNothing() {
        core.step(new StreamOpened(STREAM));

        assertThat(said(new Rebuild(TERM - 1, 1_000, "too old"))).hasOnlyElementsOfType(CloseStream.class);
    }
}
