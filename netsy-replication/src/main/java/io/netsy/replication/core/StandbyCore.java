package io.netsy.replication.core;

import io.netsy.replication.codec.Frame;
import io.netsy.replication.core.PeerMessage.AskIndex;
import io.netsy.replication.core.PeerMessage.Begin;
import io.netsy.replication.core.PeerMessage.Bye;
import io.netsy.replication.core.PeerMessage.Confirm;
import io.netsy.replication.core.PeerMessage.Confirmed;
import io.netsy.replication.core.PeerMessage.FromPrimary;
import io.netsy.replication.core.PeerMessage.FromStandby;
import io.netsy.replication.core.PeerMessage.Hello;
import io.netsy.replication.core.PeerMessage.Identity;
import io.netsy.replication.core.PeerMessage.Index;
import io.netsy.replication.core.PeerMessage.Progress;
import io.netsy.replication.core.PeerMessage.Rebuild;
import io.netsy.replication.core.PeerMessage.Report;
import io.netsy.replication.core.PeerMessage.Send;
import io.netsy.replication.core.StandbyEffect.AnswerFence;
import io.netsy.replication.core.StandbyEffect.AnswerIndex;
import io.netsy.replication.core.StandbyEffect.AppendFrame;
import io.netsy.replication.core.StandbyEffect.Apply;
import io.netsy.replication.core.StandbyEffect.Began;
import io.netsy.replication.core.StandbyEffect.CloseStream;
import io.netsy.replication.core.StandbyEffect.Flush;
import io.netsy.replication.core.StandbyEffect.MayForget;
import io.netsy.replication.core.StandbyEffect.PromiseTerm;
import io.netsy.replication.core.StandbyEffect.RebuildFromBucket;
import io.netsy.replication.core.StandbyEffect.ToPrimary;
import io.netsy.replication.core.StandbyEffect.Truncate;
import io.netsy.replication.core.StandbyEvent.AppliedUpTo;
import io.netsy.replication.core.StandbyEvent.FenceAsked;
import io.netsy.replication.core.StandbyEvent.FlushEnded;
import io.netsy.replication.core.StandbyEvent.PrimarySaid;
import io.netsy.replication.core.StandbyEvent.ReadWaiting;
import io.netsy.replication.core.StandbyEvent.StreamClosed;
import io.netsy.replication.core.StandbyEvent.StreamOpened;
import io.netsy.replication.model.LogPosition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * A standby's protocol, as a pure step function. One thread steps it.
 *
 * <ol>
 *   <li><b>Hello.</b> It tells the primary the ends of the frames it holds. The primary answers with the last one that is
 *       in its own history; what is beyond was never committed, and goes. It never goes below what is committed: a primary
 *       that asks for that has another history, and the standby builds itself anew.
 *   <li><b>Frames</b> are appended if they follow, flushed in groups, one flush at a time, and reported: received, flushed,
 *       applied, each as a position that names the history by checksum.
 *   <li><b>Applying.</b> What the primary declared committed, and no frame more (protocol safety, 20), once it is flushed here:
 *       so the write-ahead file never ends before the replica.
 *   <li>A frame that does not follow, or a hole before what the primary has sent, ends the stream; the next Hello mends it.
 *   <li><b>Fence.</b> The stream is closed first, so that no confirmation follows the answer; then the term is promised; then
 *       what came is flushed; then the end of it is told (protocol safety, 18).
 * </ol>
 */
public final class StandbyCore {
    /** While more than this waits to be applied, nothing more is asked for. */
    private static final long MAX_UNAPPLIED_BYTES = 64 << 20;

    /**
     * The ends of its newest frames that a standby tells. A primary lacks only frames that it never acknowledged, which are
     * the few last ones.
     */
    private static final int MAX_TAIL = 2_000;

    private static final long NO_STREAM = -1;

    private final Identity identity;
    /** Received and not handed over to be applied, in order. */
    private final Deque<Frame> held = new ArrayDeque<>();

    /** Handed over to be applied and not reported applied. */
    private final Deque<Frame> applying = new ArrayDeque<>();

    /** Fences of this term that wait for a flush. */
    private final List<Long> fences = new ArrayList<>();

    private long stream = NO_STREAM;
    private boolean begun;
    private long term;
    private LogPosition end;
    private LogPosition flushed;
    private LogPosition committed;
    private LogPosition applied;
    private LogPosition reportedReceived;
    private long declaredCommitted;
    private long heardCommitted;
    private long storedIndex;
    private long cut;
    private boolean flushing;
    private boolean appliedCounts;
    private long unappliedBytes;

    public StandbyCore(Identity identity, Holdings holdings) {
        this.identity = identity;
        this.term = holdings.term();
        this.committed = holdings.applied();
        this.applied = holdings.applied();
        this.held.addAll(holdings.tail());
        this.end = held.isEmpty() ? committed : held.getLast().end();
        this.flushed = end;
        this.reportedReceived = end;
        this.declaredCommitted = committed.index();
    }

    /** Takes one event and says what is to be done about it. */
    public List<StandbyEffect> step(StandbyEvent event) {
        List<StandbyEffect> effects = new ArrayList<>(4);
        switch (event) {
            case StreamOpened opened -> handleOpened(opened.stream(), effects);
            case PrimarySaid said when said.stream() == stream -> handleSaid(said.message(), effects);
            case PrimarySaid ignored -> {}
            case StreamClosed closed -> handleClosed(closed.stream());
            case FlushEnded ended -> handleFlushed(ended, effects);
            case AppliedUpTo done -> handleApplied(done.position(), effects);
            case ReadWaiting read -> ask(read.question(), effects);
            case FenceAsked fence -> handleFence(fence, effects);
        }
        return effects;
    }

    /** The end of what it holds. */
    public LogPosition end() {
        return end;
    }

    /** The end of what it knows to be committed, of what it holds. */
    public LogPosition committed() {
        return committed;
    }

    /**
     * What a primary said is committed. What a standby took from the bucket may be beyond it, for it is durable there before
     * enough standbys flushed it; so a linearizable read waits until a primary has said as much.
     */
    public long heardCommitted() {
        return heardCommitted;
    }

    /** The term that it follows, or promised to. */
    public long term() {
        return term;
    }

    /** Whether a primary sends frames. */
    public boolean isStreaming() {
        return begun;
    }

    private void handleOpened(long opened, List<StandbyEffect> effects) {
        if (stream != NO_STREAM) {
            effects.add(new CloseStream(stream, "another stream was opened"));
        }
        stream = opened;
        begun = false;
        List<LogPosition> tail = held.stream()
                .skip(Math.max(0, held.size() - MAX_TAIL))
                .map(Frame::end)
                .toList();
        say(new Hello(identity, term, committed, tail), effects);
    }

    private void handleClosed(long closed) {
        if (closed == stream) {
            stream = NO_STREAM;
            begun = false;
        }
    }

    private void handleSaid(FromPrimary message, List<StandbyEffect> effects) {
        switch (message) {
            case Begin begin -> handleBegin(begin, effects);
            case Rebuild rebuild -> handleRebuild(rebuild, effects);
            case Bye bye -> close(bye.reason(), effects);
            case Send send when begun -> handleSend(send, effects);
            case Progress progress when begun -> handleProgress(progress, effects);
            case Confirm confirm when begun -> say(new Confirmed(confirm.round()), effects);
            case Index index when begun -> effects.add(new AnswerIndex(index.question(), index.index()));
            case Send _, Progress _, Confirm _, Index _ -> close("the primary spoke before it began", effects);
        }
    }

    private void handleBegin(Begin begin, List<StandbyEffect> effects) {
        if (begun || begin.term() < term) {
            close(
                    begun
                            ? "the primary began twice"
                            : "the primary's term is %d, term %d was promised".formatted(begin.term(), term),
                    effects);
            return;
        }
        if (begin.after().index() < committed.index()) {
            String reason = "the primary goes on after %s, here %s is committed: two histories"
                    .formatted(begin.after(), committed);
            close(reason, effects);
            rebuild(reason, begin.term(), begin.progress().storedIndex(), effects);
            return;
        }
        if (!holds(begin.after())) {
            close("the primary goes on after %s, which is not held here".formatted(begin.after()), effects);
            return;
        }
        if (begin.term() > term) {
            term = begin.term();
            effects.add(new PromiseTerm(term));
        }
        begun = true;
        fences.clear();
        if (!begin.after().equals(end)) {
            truncate(begin.after(), effects);
        }
        reportedReceived = end;
        effects.add(new Began(begin.term(), begin.process()));
        handleProgress(begin.progress(), effects);
    }

    private void handleRebuild(Rebuild order, List<StandbyEffect> effects) {
        close(order.reason(), effects);
        if (order.term() >= term) {
            rebuild(order.reason(), order.term(), order.storedIndex(), effects);
        }
    }

    /**
     * In a fence a disk's word counts for what it flushed past the bucket's tip, under the tip's own term. What is below an index
     * that stands there, or of a term before one that began there, is neither, now and ever: dropping it takes nothing from that
     * word (protocol safety, 6).
     */
    private void rebuild(String reason, long begunTerm, long storedIndex, List<StandbyEffect> effects) {
        boolean losesVote = flushed.index() > storedIndex && flushed.term() >= begunTerm;
        effects.add(new RebuildFromBucket(reason, losesVote));
    }

    /** One who follows the primary of that very term already has nothing to say any more: its election is over. */
    private void handleFence(FenceAsked fence, List<StandbyEffect> effects) {
        if (fence.term() < term || (fence.term() == term && begun)) {
            return;
        }
        if (stream != NO_STREAM) {
            close("term %d is being decided".formatted(fence.term()), effects);
        }
        if (fence.term() > term) {
            term = fence.term();
            fences.clear();
            effects.add(new PromiseTerm(term));
        }
        fences.add(fence.ask());
        if (!maybeFlush(effects)) {
            maybeAnswerFences(effects);
        }
    }

    private void maybeAnswerFences(List<StandbyEffect> effects) {
        if (flushed.index() >= end.index()) {
            fences.forEach(ask -> effects.add(new AnswerFence(ask, term, flushed)));
            fences.clear();
        }
    }

    private boolean holds(LogPosition position) {
        return position.equals(committed)
                || held.stream().anyMatch(frame -> frame.end().equals(position));
    }

    private void truncate(LogPosition after, List<StandbyEffect> effects) {
        while (!held.isEmpty() && held.getLast().lastIndex() > after.index()) {
            held.removeLast();
        }
        end = after;
        if (flushed.index() > after.index()) {
            flushed = after;
        }
        cut++;
        flushing = false;
        effects.add(new Truncate(after));
        var _ = maybeFlush(effects);
    }

    private void handleSend(Send send, List<StandbyEffect> effects) {
        Frame frame = send.frame();
        storedIndex = Math.max(storedIndex, send.storedIndex());
        if (frame.lastIndex() <= end.index()) {
            return;
        }
        if (!frame.follows(end)) {
            close("%s does not follow %s".formatted(frame, end), effects);
            return;
        }
        effects.add(new AppendFrame(frame));
        held.add(frame);
        end = frame.end();
        if (!maybeFlush(effects)) {
            // One is under way: the flush of this frame is some time off.
            report(effects);
        }
    }

    /** Answers whether a flush was begun, at whose end there will be something to report. */
    private boolean maybeFlush(List<StandbyEffect> effects) {
        if (flushing || flushed.index() >= end.index()) {
            return false;
        }
        flushing = true;
        effects.add(new Flush(cut));
        return true;
    }

    private void handleProgress(Progress progress, List<StandbyEffect> effects) {
        if (progress.sent() > end.index()) {
            close("frames up to index %d were sent, %s is the last that came".formatted(progress.sent(), end), effects);
            return;
        }
        declaredCommitted = Math.max(declaredCommitted, progress.committed().index());
        heardCommitted = Math.max(heardCommitted, progress.committed().index());
        appliedCounts = progress.appliedCounts();
        if (progress.storedIndex() > storedIndex) {
            storedIndex = progress.storedIndex();
            effects.add(new MayForget(storedIndex));
        }
        if (!maybeApply(effects)) {
            report(effects);
        }
    }

    /** Answers whether frames were handed over, whose end is reported sooner or later. */
    private boolean maybeApply(List<StandbyEffect> effects) {
        long upTo = Math.min(declaredCommitted, flushed.index());
        List<Frame> ready = new ArrayList<>();
        while (!held.isEmpty() && held.getFirst().lastIndex() <= upTo) {
            Frame frame = held.removeFirst();
            ready.add(frame);
            unappliedBytes += frame.sizeBytes();
        }
        if (ready.isEmpty()) {
            return false;
        }
        applying.addAll(ready);
        committed = ready.getLast().end();
        effects.add(new Apply(ready));
        return true;
    }

    private void handleFlushed(FlushEnded ended, List<StandbyEffect> effects) {
        if (ended.cut() != cut) {
            return;
        }
        flushing = false;
        if (ended.position().index() > flushed.index()) {
            flushed = ended.position();
        }
        var _ = maybeFlush(effects);
        var _ = maybeApply(effects);
        maybeAnswerFences(effects);
        report(effects);
    }

    /** Reported at once if a commit or the primary's window waits for it; else the next report says it too. */
    private void handleApplied(LogPosition position, List<StandbyEffect> effects) {
        while (!applying.isEmpty() && applying.getFirst().lastIndex() <= position.index()) {
            unappliedBytes -= applying.removeFirst().sizeBytes();
        }
        if (position.index() > applied.index()) {
            applied = position;
        }
        if (appliedCounts || reportedReceived.index() < end.index()) {
            report(effects);
        }
    }

    /** With too much to apply, receipt is reported later, and so the primary's window stays closed. */
    private void report(List<StandbyEffect> effects) {
        if (!begun) {
            return;
        }
        if (unappliedBytes <= MAX_UNAPPLIED_BYTES) {
            reportedReceived = end;
        }
        say(new Report(reportedReceived, flushed, applied), effects);
    }

    private void ask(long question, List<StandbyEffect> effects) {
        if (begun) {
            say(new AskIndex(question), effects);
        }
    }

    private void say(FromStandby message, List<StandbyEffect> effects) {
        effects.add(new ToPrimary(stream, message));
    }

    private void close(String reason, List<StandbyEffect> effects) {
        effects.add(new CloseStream(stream, reason));
        stream = NO_STREAM;
        begun = false;
    }
}
