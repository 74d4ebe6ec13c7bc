package io.netsy.replication.core;

import io.netsy.replication.codec.Frame;
import io.netsy.replication.codec.FrameBuilder;
import io.netsy.replication.core.PrimaryEffect.Acknowledge;
import io.netsy.replication.core.PrimaryEffect.Adopt;
import io.netsy.replication.core.PrimaryEffect.AppendFrame;
import io.netsy.replication.core.PrimaryEffect.Commit;
import io.netsy.replication.core.PrimaryEffect.Halt;
import io.netsy.replication.core.PrimaryEffect.MayForget;
import io.netsy.replication.core.PrimaryEffect.PutChunk;
import io.netsy.replication.core.PrimaryEffect.ReadChunk;
import io.netsy.replication.core.PrimaryEffect.Serve;
import io.netsy.replication.core.PrimaryEffect.StepDown;
import io.netsy.replication.core.PrimaryEffect.WakeAt;
import io.netsy.replication.core.PrimaryEvent.ChunkAbsent;
import io.netsy.replication.core.PrimaryEvent.ChunkCreated;
import io.netsy.replication.core.PrimaryEvent.ChunkFound;
import io.netsy.replication.core.PrimaryEvent.ChunkOutcomeUnknown;
import io.netsy.replication.core.PrimaryEvent.ChunkRefused;
import io.netsy.replication.core.PrimaryEvent.ChunkUnreadable;
import io.netsy.replication.core.PrimaryEvent.FrameSequenced;
import io.netsy.replication.core.PrimaryEvent.FramesRead;
import io.netsy.replication.core.PrimaryEvent.Leaving;
import io.netsy.replication.core.PrimaryEvent.MembersChanged;
import io.netsy.replication.core.PrimaryEvent.OwnFlushed;
import io.netsy.replication.core.PrimaryEvent.PositionLocated;
import io.netsy.replication.core.PrimaryEvent.ReadWaiting;
import io.netsy.replication.core.PrimaryEvent.RegisterSeen;
import io.netsy.replication.core.PrimaryEvent.RegisterUnreadable;
import io.netsy.replication.core.PrimaryEvent.RuleNotRecorded;
import io.netsy.replication.core.PrimaryEvent.RuleRecorded;
import io.netsy.replication.core.PrimaryEvent.StandbyCame;
import io.netsy.replication.core.PrimaryEvent.StandbyConfirmed;
import io.netsy.replication.core.PrimaryEvent.StandbyGone;
import io.netsy.replication.core.PrimaryEvent.StandbyReported;
import io.netsy.replication.core.PrimaryEvent.Started;
import io.netsy.replication.core.PrimaryEvent.Staying;
import io.netsy.replication.core.PrimaryEvent.Tick;
import io.netsy.replication.core.Replication.BucketLoss;
import io.netsy.replication.core.RuleInForce.Reach;
import io.netsy.replication.model.Entry;
import io.netsy.replication.model.LogPosition;
import io.netsy.replication.model.Moment;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A primary's protocol from the moment its term is won until it ends, as a pure step function. One thread steps it.
 *
 * <ol>
 *   <li><b>Opening.</b> What was acknowledged by flush and is missing in the bucket is archived, then TermStart goes to
 *       the key after it, to the bucket alone (protocol safety, 1 and 2). If something stands at a key already, it is a
 *       late chunk of a predecessor: when it follows the tip and its term is lower, its frames join the history (they
 *       may have been acknowledged) and the next key is tried.
 *   <li><b>Confirming.</b> TermStart stands. The register is read once more; only if it still names this process does it
 *       serve, because retention might have freed a key that a sleeper then took (protocol safety, 7).
 *   <li><b>Serving.</b> A frame goes to the bucket, the own write-ahead file and all standbys at once; to the bucket in
 *       order, at most one chunk in flight, and at {@code quorum} only what is committed, a little later. What is
 *       committed is for {@link CommitRule} to say, by the rule of {@link RuleInForce}.
 * </ol>
 *
 * A lost answer is settled by reading the key: the very same chunk is success; nothing there is still unknown, so the
 * same bytes are put again, never others; a chunk of a higher term ends this one. Nothing sequenced is ever taken back
 * while the term lasts.
 *
 * <p>That the term is over it may learn from others first: a standby follows a later one, or the register takes no change. Then
 * it looks there (protocol safety, 25).
 */
public final class PrimaryCore {
    private enum Phase {
        OPENING,
        CONFIRMING,
        SERVING,
        ENDED
    }

    private static final Duration HEARTBEAT = Duration.ofSeconds(1);

    /**
     * How far the revision goes up where an operator gave up what may have been acknowledged: more than were ever given to what is lost,
     * or will be by those who had it and run on. As etcd's own recovery from a snapshot is told to do (etcdutl's {@code --bump-revision}).
     */
    public static final long FORCED_REVISIONS = 1_000_000_000;

    private final long term;
    private final UUID process;
    private final long forcedTerm;
    private final PrimarySettings settings;
    private final RegisterWatch register;
    private final RecentFrames frames;
    private final Standbys standbys;
    private final RuleInForce rules;
    private final ReadRounds rounds;
    private final ArchiveQueue archive = new ArchiveQueue();
    private final Deque<Frame> tail;
    private final Deque<Long> uncommitted = new ArrayDeque<>();

    private Phase phase = Phase.OPENING;
    private LogPosition stored;
    private LogPosition committed;
    private long acknowledged;
    private long ownFlushed;
    private long toldStored;
    private long revision;
    private long nextHeartbeatNanos;
    private long questions;
    private boolean isLeaving;
    /** When TermStart was known to stand: an older look at the register says nothing about this term. */
    private long confirmingSinceNanos;

    private @Nullable ChunkAttempt attempt;
    private @Nullable Frame termStart;

    public PrimaryCore(long term, UUID process, PrimarySettings settings, Opening opening) {
        this.term = term;
        this.process = process;
        this.settings = settings;
        this.register = new RegisterWatch(settings, () -> ++questions);
        this.stored = opening.tip();
        this.committed = opening.tip();
        this.revision = opening.revision();
        this.forcedTerm = opening.forcedTerm();
        this.tail = new ArrayDeque<>(opening.tail());
        Replication replication = settings.replication();
        this.frames = new RecentFrames(opening.tip(), replication.limits().memoryBytes());
        this.standbys = new Standbys(term, process, replication, frames, opening.voters());
        this.rules = new RuleInForce(settings.inForce(), replication, standbys);
        this.rounds = new ReadRounds(standbys, rules, () -> ++questions);
    }

    /** Takes one event and says what is to be done about it. */
    public List<PrimaryEffect> step(PrimaryEvent event) {
        List<PrimaryEffect> effects = new ArrayList<>(4);
        if (phase == Phase.ENDED) {
            return effects;
        }
        switch (event) {
            case Started started -> handleStarted(started.now(), effects);
            case FrameSequenced sequenced -> handleFrameSequenced(sequenced, effects);
            case ChunkCreated created -> handleCreated(created.firstIndex(), created.now(), effects);
            case ChunkRefused refused -> readBack(refused.firstIndex(), effects);
            case ChunkOutcomeUnknown unknown -> readBack(unknown.firstIndex(), effects);
            case ChunkFound found -> handleFound(found.chunk(), found.now(), effects);
            case ChunkAbsent absent -> rest(absent.firstIndex(), absent.now(), effects);
            case ChunkUnreadable unreadable -> rest(unreadable.firstIndex(), unreadable.now(), effects);
            case RegisterSeen seen -> handleRegisterSeen(seen, effects);
            case RegisterUnreadable unreadable -> register.handleUnreadable(unreadable.now(), effects);
            case ReadWaiting read -> {
                if (!rounds.maybeAsk(read.now(), effects)) {
                    register.maybeAsk(read.now(), effects);
                }
            }
            case OwnFlushed flushed -> {
                ownFlushed = Math.max(ownFlushed, flushed.position().index());
                advance(flushed.now(), effects);
            }
            case StandbyCame came -> {
                if (standbys.handleCame(came.stream(), came.hello(), came.now(), effects)) {
                    register.maybeAsk(came.now(), effects);
                }
            }
            case StandbyReported reported -> {
                standbys.handleReport(reported.stream(), reported.report(), reported.now(), effects);
                advance(reported.now(), effects);
            }
            case StandbyConfirmed confirmed ->
                rounds.handleConfirmed(confirmed.stream(), confirmed.round(), confirmed.now(), effects);
            case StandbyGone gone -> handleGone(gone, effects);
            case PositionLocated located ->
                standbys.handleLocated(located.stream(), located.position(), located.now(), effects);
            case FramesRead read -> standbys.handleRead(read.stream(), read.frames(), read.now(), effects);
            case RuleRecorded recorded -> {
                rules.handleRecorded(effects);
                advance(recorded.now(), effects);
            }
            case RuleNotRecorded failed -> {
                rules.handleNotRecorded(failed.now(), effects);
                register.maybeAsk(failed.now(), effects);
            }
            case MembersChanged changed -> {
                standbys.setMembers(changed.members(), effects);
                rules.handleMembersChanged();
                advance(changed.now(), effects);
            }
            case Leaving leaving -> {
                isLeaving = true;
                maybePut(leaving.now(), effects);
            }
            case Staying _ -> isLeaving = false;
            case Tick tick -> handleTick(tick.now(), effects);
        }
        return effects;
    }

    /** Whether a frame handed over now would leave at once for what its commit waits for. */
    public boolean isIdle() {
        if (phase != Phase.SERVING) {
            return false;
        }
        return rules.waitsForBucket()
                ? attempt == null && archive.isEmpty()
                : uncommitted.size() < settings.replication().limits().framesInFlight()
                        && archive.bytes() < settings.replication().limits().outstandingBytes();
    }

    /** Whether everything that was sequenced is acknowledged and stands in the bucket: the term may be given back. */
    public boolean isDrained() {
        return phase == Phase.SERVING
                && attempt == null
                && acknowledged == frames.end().index()
                && stored.index() == frames.end().index();
    }

    /** The rule in force. */
    public SyncRule rule() {
        return rules.rule();
    }

    /** Whether the register names all members whose word is to count, on their disks of today, and nobody else. */
    public boolean votersFollowed() {
        return rules.isSettled() && standbys.votersAreMembers();
    }

    /** Whether commits wait for the bucket. */
    public boolean waitsForBucket() {
        return rules.waitsForBucket();
    }

    /** Whether writes go on without the bucket, by policy, because it does not answer. */
    public boolean isBucketLost() {
        return rules.isBucketLost();
    }

    /** Whether it is the primary of several nodes. */
    public boolean leadsStandbys() {
        return settings.replication().hasStandbys();
    }

    /** Every standby that has a stream open. */
    public List<StandbyView> standbys(Moment now) {
        return standbys.views(rules.rule(), now);
    }

    /** Bytes that were sequenced and are not on their way to the bucket. */
    public long unarchivedBytes() {
        return archive.bytes();
    }

    /** The end of the chain in the bucket, as proved under this term. */
    public LogPosition stored() {
        return stored;
    }

    /** A tip of a later term was put there by a successor, between this term's election and the walk. */
    private void handleStarted(Moment now, List<PrimaryEffect> effects) {
        if (stored.term() > term) {
            stepDown("the bucket ends in a later term: " + stored, effects);
        } else {
            putNextOfOpening(now, effects);
        }
    }

    private void putNextOfOpening(Moment now, List<PrimaryEffect> effects) {
        if (!tail.isEmpty()) {
            ArchiveQueue missing = new ArchiveQueue();
            tail.forEach(frame -> missing.add(frame, now));
            put(missing.take(Long.MAX_VALUE), now, effects);
            return;
        }
        FrameBuilder builder = new FrameBuilder(term, stored, revision);
        builder.append(new Entry.TermStart(term, process, stored.term()), revision);
        if (stored.term() < forcedTerm) {
            // Nobody went on from the history that an operator chose: what was lost may have had the next revisions.
            long bumped = revision + FORCED_REVISIONS;
            builder.append(new Entry.RevisionBump(bumped), bumped);
            builder.append(new Entry.Compaction(bumped), bumped);
        }
        termStart = builder.seal(now.wallMillis());
        put(List.of(termStart), now, effects);
    }

    private void handleFrameSequenced(FrameSequenced event, List<PrimaryEffect> effects) {
        Frame frame = event.frame();
        if (phase != Phase.SERVING || !frame.follows(frames.end())) {
            halt(
                    "a frame was sequenced that does not follow %s while %s: %s".formatted(frames.end(), phase, frame),
                    effects);
            return;
        }
        remember(frame, effects);
        uncommitted.add(frame.lastIndex());
        archive.add(frame, event.now());
        maybePut(event.now(), effects);
        standbys.sendMore(event.now(), effects);
    }

    private void remember(Frame frame, List<PrimaryEffect> effects) {
        frames.append(frame);
        if (settings.replication().hasStandbys()) {
            effects.add(new AppendFrame(frame));
        }
        frames.trim(stored.index());
    }

    /** Starts the next chunk unless one is in flight, nothing is to go, or the right to write is in doubt. */
    private void maybePut(Moment now, List<PrimaryEffect> effects) {
        if (phase != Phase.SERVING || attempt != null || archive.isEmpty() || !isDue(now, effects)) {
            return;
        }
        if (!register.allowsWrites(now)) {
            register.maybeAsk(now, effects);
            return;
        }
        List<Frame> due = archive.take(rules.waitsForBucket() ? Long.MAX_VALUE : committed.index());
        if (!due.isEmpty()) {
            put(due, now, effects);
        }
    }

    /** Whether somebody waits for the bucket, or enough has gathered for it, or for long enough. */
    private boolean isDue(Moment now, List<PrimaryEffect> effects) {
        if (isLeaving
                || rules.waitsForBucket()
                || archive.bytes() >= settings.replication().limits().archiveBytes()) {
            return true;
        }
        long dueNanos = archive.oldestSinceNanos()
                + settings.replication().limits().archiveDelay().toNanos();
        if (now.bootNanos() - dueNanos >= 0) {
            return true;
        }
        effects.add(new WakeAt(dueNanos));
        return false;
    }

    private void put(List<Frame> frames, Moment now, List<PrimaryEffect> effects) {
        Chunk chunk = new Chunk(term, process, frames);
        attempt = new ChunkAttempt(chunk, now.bootNanos());
        effects.add(new PutChunk(chunk));
        if (settings.replication().bucketLoss() == BucketLoss.QUORUM) {
            effects.add(new WakeAt(lostAtNanos(attempt)));
        }
    }

    private long lostAtNanos(ChunkAttempt current) {
        return current.sinceNanos()
                + settings.replication().limits().bucketTimeout().toNanos();
    }

    /** Says what is committed and acknowledged by now, and whether the rule is to change. */
    private void advance(Moment now, List<PrimaryEffect> effects) {
        if (phase != Phase.SERVING) {
            return;
        }
        Evidence evidence = new Evidence(stored.index(), ownFlushed, standbys);
        LogPosition reached = frames.endingAtOrBelow(
                Math.min(rules.committed(evidence), frames.end().index()));
        boolean progressed = reached != null && reached.index() > committed.index();
        if (progressed && reached != null) {
            committed = reached;
            while (!uncommitted.isEmpty() && uncommitted.getFirst() <= committed.index()) {
                uncommitted.removeFirst();
            }
            effects.add(new Commit(committed));
        }
        long answerable = rules.acknowledged(committed.index(), evidence);
        LogPosition answered = frames.endingAtOrBelow(answerable);
        if (answered != null && answered.index() > acknowledged) {
            acknowledged = answered.index();
            effects.add(new Acknowledge(answered));
        }
        if (progressed || stored.index() > toldStored) {
            tell(effects);
        }
        if (settings.replication().hasStandbys()) {
            rules.review(now, new Reach(frames.end().index(), stored.index(), committed.index()), effects);
        }
        maybePut(now, effects);
    }

    private void tell(List<PrimaryEffect> effects) {
        toldStored = stored.index();
        standbys.tell(committed, stored.index(), rules.waitsForApplied(), effects);
    }

    private void readBack(long firstIndex, List<PrimaryEffect> effects) {
        if (attempt != null && attempt.isAt(firstIndex)) {
            effects.add(new ReadChunk(firstIndex));
        }
    }

    /** Neither known to stand nor known not to: pauses, then puts the same bytes again. */
    private void rest(long firstIndex, Moment now, List<PrimaryEffect> effects) {
        if (attempt != null && attempt.isAt(firstIndex)) {
            effects.add(new PrimaryEffect.WakeAt(attempt.rest(now.bootNanos(), settings)));
        }
    }

    private void handleTick(Moment now, List<PrimaryEffect> effects) {
        register.handleTick(now, effects);
        boolean mayPut = phase == Phase.OPENING || register.allowsWrites(now);
        if (attempt != null && mayPut && attempt.maybeRetry(now.bootNanos())) {
            effects.add(new PutChunk(attempt.chunk()));
        }
        maybePut(now, effects);
        if (settings.replication().bucketLoss() == BucketLoss.QUORUM
                && attempt != null
                && now.bootNanos() - lostAtNanos(attempt) >= 0) {
            rules.setBucketLost(true);
        }
        if (rounds.handleTick(now)) {
            register.maybeAsk(now, effects);
        }
        if (settings.replication().hasStandbys() && phase == Phase.SERVING) {
            advance(now, effects);
            maybeBeat(now, effects);
        }
    }

    private void handleGone(StandbyGone gone, List<PrimaryEffect> effects) {
        standbys.handleGone(gone.stream());
        if (rounds.handleGone(gone.stream())) {
            register.maybeAsk(gone.now(), effects);
        }
        advance(gone.now(), effects);
    }

    private void maybeBeat(Moment now, List<PrimaryEffect> effects) {
        if (now.bootNanos() - nextHeartbeatNanos >= 0) {
            nextHeartbeatNanos = now.bootNanos() + HEARTBEAT.toNanos();
            tell(effects);
            effects.add(new WakeAt(nextHeartbeatNanos));
        }
    }

    private void handleFound(Chunk found, Moment now, List<PrimaryEffect> effects) {
        if (attempt == null || !attempt.isAt(found.firstIndex())) {
            return;
        }
        if (found.equals(attempt.chunk())) {
            handleCreated(found.firstIndex(), now, effects);
        } else if (found.term() > term) {
            stepDown("the bucket holds a later term: " + found, effects);
        } else if (phase == Phase.OPENING && found.term() < term && found.follows(stored)) {
            adopt(found, now, effects);
        } else {
            halt(
                    "the key of index %d holds what term %d, process %s did not write, and what does not continue %s: %s"
                            .formatted(found.firstIndex(), term, process, stored, found),
                    effects);
        }
    }

    /**
     * The late chunk holds what this primary's tail begins with, and perhaps more. Or it closes the tail's term: TermStart
     * of a term between stands, put there by a primary that held everything acknowledged, so what the tail has beyond it
     * never was.
     */
    private void adopt(Chunk late, Moment now, List<PrimaryEffect> effects) {
        int held = 0;
        for (Frame frame : late.frames()) {
            Frame own = tail.pollFirst();
            if (own != null && frame.header().term() > own.header().term()) {
                tail.clear();
            } else if (own != null && !own.equals(frame)) {
                halt("the bucket holds %s where this primary's history has %s".formatted(late, own), effects);
                return;
            } else if (own != null) {
                held++;
            }
        }
        handleHistoryStored(late, held, effects);
        putNextOfOpening(now, effects);
    }

    /**
     * Frames of earlier terms stand in the bucket: committed, before anything of this term.
     *
     * @param held how many of them, from the first on, the own write-ahead file holds already
     */
    private void handleHistoryStored(Chunk chunk, int held, List<PrimaryEffect> effects) {
        attempt = null;
        stored = chunk.end();
        committed = stored;
        revision = chunk.frames().getLast().header().lastRevision();
        chunk.frames().subList(0, held).forEach(frames::append);
        chunk.frames().subList(held, chunk.frames().size()).forEach(frame -> remember(frame, effects));
        effects.add(new Adopt(chunk.frames()));
    }

    private void handleCreated(long firstIndex, Moment now, List<PrimaryEffect> effects) {
        if (attempt == null || !attempt.isAt(firstIndex)) {
            return;
        }
        Chunk chunk = attempt.chunk();
        if (phase == Phase.OPENING && termStart == null) {
            chunk.frames().forEach(frame -> tail.removeFirst());
            handleHistoryStored(chunk, chunk.frames().size(), effects);
            putNextOfOpening(now, effects);
            return;
        }
        attempt = null;
        rules.setBucketLost(false);
        stored = chunk.end();
        frames.trim(stored.index());
        if (settings.replication().hasStandbys()) {
            effects.add(new MayForget(stored.index()));
        }
        if (phase == Phase.OPENING) {
            phase = Phase.CONFIRMING;
            confirmingSinceNanos = now.bootNanos();
            register.maybeAsk(now, effects);
            return;
        }
        maybePut(now, effects);
        advance(now, effects);
    }

    private void handleRegisterSeen(RegisterSeen seen, List<PrimaryEffect> effects) {
        if (seen.term() != term || !seen.process().equals(process)) {
            stepDown(
                    "the term register names term %d, process %s; this is term %d, process %s"
                            .formatted(seen.term(), seen.process(), term, process),
                    effects);
            return;
        }
        boolean isFresh = seen.askedAt().bootNanos() - confirmingSinceNanos >= 0;
        if (phase == Phase.CONFIRMING && termStart != null && isFresh) {
            serve(termStart, seen.now(), effects);
        }
        register.handleConfirmed(seen, effects);
        handleTick(seen.now(), effects);
    }

    private void serve(Frame start, Moment now, List<PrimaryEffect> effects) {
        phase = Phase.SERVING;
        committed = stored;
        acknowledged = stored.index();
        toldStored = stored.index();
        effects.add(new Serve(start));
        remember(start, effects);
        standbys.open(committed, now, effects);
    }

    private void stepDown(String reason, List<PrimaryEffect> effects) {
        phase = Phase.ENDED;
        effects.add(new StepDown(reason));
    }

    private void halt(String reason, List<PrimaryEffect> effects) {
        phase = Phase.ENDED;
        effects.add(new Halt(reason));
    }
}
