package io.netsy.node.primary;

import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.error.EtcdException;
import io.netsy.etcd.port.CommitListener;
import io.netsy.etcd.port.CommitListener.Commit;
import io.netsy.etcd.port.CommittedState;
import io.netsy.etcd.port.Evaluation;
import io.netsy.etcd.port.Proposal;
import io.netsy.etcd.port.Proposer;
import io.netsy.etcd.port.StateSource;
import io.netsy.etcd.state.Compactor;
import io.netsy.etcd.state.StateMachine;
import io.netsy.etcd.state.StoreState;
import io.netsy.replication.codec.Frame;
import io.netsy.replication.codec.FrameBuilder;
import io.netsy.replication.codec.FrameException;
import io.netsy.replication.core.PrimaryCore;
import io.netsy.replication.core.PrimaryEffect;
import io.netsy.replication.core.PrimaryEvent;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.Entry;
import io.netsy.replication.model.LogPosition;
import io.netsy.replication.model.Moment;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that orders writes: it owns the newest state, the open batch and the {@link PrimaryCore}.
 *
 * <ol>
 *   <li>A proposal is evaluated against the newest state, effects in flight included; its entry is encoded into the open
 *       frame, and its answer waits in the open batch.
 *   <li>When the core could send a frame, and {@link GatherPolicy} has no reason to wait on, the frame is sealed and goes
 *       to the core. Meanwhile evaluation goes on into the next batch.
 *   <li>When the core says committed, batches up to there are published to reads, handed to the replica and told to
 *       watchers, in this order; when it says acknowledged, they are answered.
 * </ol>
 *
 * Once sealed, a frame keeps its indexes and revisions whatever happens; a client's time-out takes nothing back.
 */
public final class Sequencer implements Proposer, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Sequencer.class);
    private static final int MAX_QUEUED = 20_000;
    private static final long MAX_QUEUED_BYTES = 64 << 20;
    private static final int EVALUATED_AT_ONCE = 64;

    /** What is queued joins the open batch before it is closed, up to so many: evaluating is cheap beside a request. */
    private static final int MAX_GATHERED = 4096;

    private static final long MAX_BACKLOG_BYTES = 64 << 20;
    private static final Duration SWEEP_PERIOD = Duration.ofMillis(200);

    /** Requests that were let in just before it was asked to go still get here. */
    private static final Duration LEAVING = Duration.ofMillis(30);

    private final PrimaryPorts ports;
    private final PrimaryCore core;
    private final ReadGate gate;
    private final GatherPolicy gather;
    private final Inbox inbox = new Inbox();
    private final Alarms wakeUps = new Alarms();
    private final Deque<Batch> sealed = new ArrayDeque<>();
    private final Deque<Batch> published = new ArrayDeque<>();
    private final CompletableFuture<Void> serving = new CompletableFuture<>();
    private final CompletableFuture<Ending> ended = new CompletableFuture<>();
    private final CompletableFuture<PrimaryTerm.Tip> finished = new CompletableFuture<>();
    private final GatherSettings gatherSettings;
    private final long requestTimeoutNanos;
    private final long term;

    private FrameBuilder frames;
    private Batch open;
    private LogPosition end;
    private LogPosition publishedEnd;
    private long nextSweepNanos;
    private boolean bucketLost;
    private boolean leaving;
    private long leavesNanos;
    private volatile boolean closing;
    private volatile boolean over;
    private volatile long storedIndex;
    private volatile @Nullable ReplicationView replication;

    /**
     * Why a primary ended.
     *
     * @param faulty a person has to look at it
     * @param drained everything that was sequenced is acknowledged and stands in the bucket
     */
    public record Ending(boolean faulty, boolean drained, String reason) {
        Ending(boolean faulty, String reason) {
            this(faulty, false, reason);
        }
    }

    /** Where a primary begins: its core, and the state at the end of the log. */
    record Beginning(PrimaryCore core, long term, LogPosition tip, StoreState state) {}

    Sequencer(PrimaryPorts ports, Beginning beginning, PrimaryTerm.Settings settings) {
        this.ports = ports;
        this.core = beginning.core();
        this.term = beginning.term();
        this.end = beginning.tip();
        this.publishedEnd = end;
        this.gatherSettings = settings.gather();
        this.requestTimeoutNanos = settings.requestTimeout().toNanos();
        this.gather = new GatherPolicy(gatherSettings);
        this.open = new Batch(beginning.state());
        this.frames = new FrameBuilder(term, end, beginning.state().revision());
        this.gate = new ReadGate(
                ports.clock(),
                new CommittedState(beginning.state(), end.index(), term),
                () -> inbox.post(() -> step(new PrimaryEvent.ReadWaiting(now()))),
                ports.meters());
    }

    /** Starts the thread and puts TermStart; {@link #serving()} completes when writes are taken. */
    void start() {
        Thread.ofPlatform().name("netsy-sequencer").daemon().start(this::run);
        tellMembers(gate.committed().state());
        inbox.post(() -> step(new PrimaryEvent.Started(now())));
    }

    StateSource states() {
        return gate;
    }

    /** Completes when TermStart stands and this process is confirmed. */
    CompletableFuture<Void> serving() {
        return serving;
    }

    /** Completes when this primary has ended, by itself or because it was closed. */
    CompletableFuture<Ending> ended() {
        return ended;
    }

    /** Whether it ends: what it can't answer any more says nothing new. */
    boolean isOver() {
        return over;
    }

    /** Completes after {@link #ended} with what was published last, once nothing comes from this sequencer any more. */
    CompletableFuture<PrimaryTerm.Tip> finished() {
        return finished;
    }

    @Override
    public <R> CompletableFuture<R> propose(Proposal<R> proposal) {
        CompletableFuture<R> future = new CompletableFuture<>();
        if (ended.isDone() || !gate.hasLeader()) {
            fail(future, EtcdError.NO_LEADER);
        } else if (inbox.proposals() >= MAX_QUEUED || inbox.proposalBytes() >= MAX_QUEUED_BYTES) {
            future.completeExceptionally(EtcdError.TOO_MANY_REQUESTS.exception());
        } else {
            long arrivedNanos = now().bootNanos();
            inbox.postProposal(() -> evaluate(proposal, future, arrivedNanos), proposal.sizeBytes());
            if (ended.isDone()) {
                fail(future, EtcdError.TIMED_OUT);
            }
        }
        return future;
    }

    private void fail(CompletableFuture<?> future, EtcdError error) {
        if (future.completeExceptionally(error.exception())) {
            ports.meters().proposalsFailed(1);
        }
    }

    /**
     * Has the given keys forget what a compaction made unreadable, on the sequencer's thread; answers the revision ids
     * that may be deleted from the replica.
     */
    public CompletableFuture<long[]> prune(long compactRevision, List<Bytes> keys) {
        CompletableFuture<long[]> done = new CompletableFuture<>();
        inbox.post(() -> {
            if (ended.isDone()) {
                done.completeExceptionally(EtcdError.NO_LEADER.exception());
                return;
            }
            LongStream.Builder purged = LongStream.builder();
            if (sealed.isEmpty() && open.isEmpty()) {
                open = new Batch(Compactor.compact(open.after(), compactRevision, keys, purged::add));
                gate.publish(new CommittedState(open.after(), end.index(), term));
            } else {
                open.prune(compactRevision, keys, purged::add);
            }
            done.complete(purged.build().toArray());
        });
        if (finished.isDone()) {
            done.completeExceptionally(EtcdError.NO_LEADER.exception());
        }
        return done;
    }

    private Moment now() {
        return ports.clock().now();
    }

    private void run() {
        try {
            while (!ended.isDone()) {
                boolean worked = inbox.runSome(mayEvaluate() ? EVALUATED_AT_ONCE : 0);
                maybeSeal();
                wakeUps.fire(now().bootNanos(), () -> step(new PrimaryEvent.Tick(now())));
                maybeSweep();
                maybeFinishClosing();
                ports.meters().pending(pendingProposals());
                if (!worked) {
                    inbox.await(pauseNanos(), core.isIdle());
                }
            }
        } catch (RuntimeException | Error e) {
            LOG.error("the sequencer failed, the node stops: {}", e.toString(), e);
            end(new Ending(true, "the sequencer failed: " + e));
        } finally {
            failEverybody();
        }
    }

    private int pendingProposals() {
        int waiting = inbox.proposals() + open.answerCount();
        waiting += answersOf(published) + answersOf(sealed);
        return waiting;
    }

    private static int answersOf(Deque<Batch> batches) {
        int count = 0;
        for (Batch batch : batches) {
            count += batch.answerCount();
        }
        return count;
    }

    private boolean mayEvaluate() {
        return frames.sizeBytes() < gatherSettings.maxFrameBytes()
                && ports.log().backlogBytes() < MAX_BACKLOG_BYTES;
    }

    private long pauseNanos() {
        long nowNanos = now().bootNanos();
        long pause = Math.min(SWEEP_PERIOD.toNanos(), wakeUps.nextNanos(nowNanos));
        if (core.isIdle() && !frames.isEmpty()) {
            pause = Math.min(pause, gather.waitNanos(frames.entryCount(), frames.sizeBytes(), nowNanos));
        }
        return Math.max(pause, 0);
    }

    private <R> void evaluate(Proposal<R> proposal, CompletableFuture<R> future, long arrivedNanos) {
        if (ended.isDone()) {
            fail(future, EtcdError.NO_LEADER);
            return;
        }
        long startedNanos = now().bootNanos();
        if (arrivedNanos + requestTimeoutNanos - startedNanos < 0) {
            fail(future, EtcdError.TIMED_OUT);
            return;
        }
        try {
            switch (proposal.evaluate(open.after(), ports.log().revisions())) {
                case Evaluation.Effect<R> effect -> sequence(effect, future, arrivedNanos);
                case Evaluation.NoEffect<R>(R result) -> answerWithoutEffect(future, result, null, arrivedNanos);
            }
            ports.meters().evaluated(proposal.operation(), true, now().bootNanos() - startedNanos);
        } catch (EtcdException e) {
            answerWithoutEffect(future, null, e, arrivedNanos);
            ports.meters().evaluated(proposal.operation(), false, now().bootNanos() - startedNanos);
        } catch (RuntimeException e) {
            LOG.error("a request could not be evaluated, it changed nothing: {}", e.toString(), e);
            future.completeExceptionally(e);
        }
    }

    private <R> void sequence(Evaluation.Effect<R> effect, CompletableFuture<R> future, long arrivedNanos) {
        ports.log().stage(effect.entry());
        gather.entered(effect.entry(), frames.isEmpty(), arrivedNanos);
        open.add(effect.entry(), effect.transition());
        open.answer(future, effect.result(), arrivedNanos);
        frames.append(effect.entry(), open.after().revision());
    }

    /** What rests on effects in flight is answered with them; what rests on committed state alone, like a read. */
    private <R> void answerWithoutEffect(
            CompletableFuture<R> future, @Nullable R result, @Nullable EtcdException error, long arrivedNanos) {
        if (!frames.isEmpty() || !sealed.isEmpty()) {
            Batch batch = frames.isEmpty() ? sealed.getLast() : open;
            if (error == null) {
                batch.answer(future, result, arrivedNanos);
            } else {
                batch.refuse(future, error, arrivedNanos);
            }
            return;
        }
        var _ = gate.linearizable().whenComplete((state, failure) -> {
            if (failure != null || error != null) {
                future.completeExceptionally(failure != null ? failure : error);
            } else {
                future.complete(result);
            }
        });
    }

    private void maybeSeal() {
        boolean moreComes = mayEvaluate() && frames.entryCount() < MAX_GATHERED && inbox.proposals() > 0;
        if (frames.isEmpty() || !core.isIdle() || moreComes) {
            return;
        }
        Moment now = now();
        boolean wait =
                !closing && !leaving && gather.waitNanos(frames.entryCount(), frames.sizeBytes(), now.bootNanos()) > 0;
        if (!wait) {
            seal(now);
        }
    }

    private void seal(Moment now) {
        Frame frame = frames.seal(now.wallMillis());
        end = frame.end();
        open.seal(end, now.bootNanos());
        ports.stages().sealed(open.entries().size(), frame.sizeBytes(), gather.gatheredNanos(now.bootNanos()));
        sealed.add(open);
        open = new Batch(open.after());
        step(new PrimaryEvent.FrameSequenced(frame, now));
    }

    private void step(PrimaryEvent event) {
        if (ended.isDone()) {
            return;
        }
        for (PrimaryEffect effect : core.step(event)) {
            perform(effect);
        }
        storedIndex = core.stored().index();
    }

    /** Has the core take an event, in order of arrival. */
    void post(PrimaryEvent event) {
        inbox.post(() -> step(event));
    }

    private void perform(PrimaryEffect effect) {
        switch (effect) {
            case PrimaryEffect.PutChunk put -> {
                boolean awaited = core.waitsForBucket() || !serving.isDone();
                ports.bucket().put(put.chunk(), awaited, this::post);
            }
            case PrimaryEffect.ReadChunk read -> ports.bucket().read(read.firstIndex(), this::post);
            case PrimaryEffect.Adopt adopt -> adopt.frames().forEach(this::adopt);
            case PrimaryEffect.Serve serve -> serve(serve.termStart());
            case PrimaryEffect.Commit commit -> commit(commit.position());
            case PrimaryEffect.Acknowledge acknowledge -> acknowledge(acknowledge.position());
            case PrimaryEffect.AppendFrame append -> ports.standbys().append(append.frame(), this::post);
            case PrimaryEffect.MayForget forget -> ports.standbys().mayForget(forget.storedIndex());
            case PrimaryEffect.ToStandby to -> ports.standbys().send(to.stream(), to.message());
            case PrimaryEffect.CloseStream close -> ports.standbys().close(close.stream(), close.reason());
            case PrimaryEffect.LocatePosition locate ->
                ports.standbys().locate(locate.stream(), locate.candidates(), this::post);
            case PrimaryEffect.ReadFrames frames ->
                ports.standbys().read(frames.stream(), frames.fromIndex(), this::post);
            case PrimaryEffect.RecordRule rule -> ports.standbys().record(rule.rule(), rule.voters(), this::post);
            case PrimaryEffect.AskStandbys ask -> gate.questionLeaves(ask.question());
            case PrimaryEffect.ReadRegister read -> {
                gate.questionLeaves(read.question());
                ports.bucket().look(this::post);
            }
            case PrimaryEffect.LeaseChanged changed -> gate.leaseChanged(changed.lease());
            case PrimaryEffect.ConfirmReads confirm -> gate.confirmed(confirm.question());
            case PrimaryEffect.WakeAt wake -> wakeUps.add(wake.bootNanos());
            case PrimaryEffect.StepDown stepDown -> end(new Ending(false, stepDown.reason()));
            case PrimaryEffect.Halt halt -> end(new Ending(true, halt.reason()));
        }
    }

    /** A predecessor's late frame, or the own TermStart: committed history that no client of this primary waits for. */
    private void adopt(Frame frame) {
        if (frame.lastIndex() <= end.index()) {
            // Recovered from the write-ahead file before it was archived.
            return;
        }
        try {
            List<Entry> entries = frame.entries();
            Batch batch = new Batch(open.after());
            for (Entry entry : entries) {
                ports.log().stage(entry);
                batch.add(entry, StateMachine.apply(batch.after(), entry));
            }
            end = frame.end();
            batch.seal(end, now().bootNanos());
            publish(batch);
            open = new Batch(batch.after());
            frames = new FrameBuilder(term, end, open.after().revision());
        } catch (FrameException e) {
            end(new Ending(true, "the log holds a frame that can't be read: " + e.getMessage()));
        }
    }

    private void serve(Frame termStart) {
        adopt(termStart);
        ports.termListener().onServing(gate.committed());
        gate.serve();
        ports.meters().termServed();
        serving.complete(null);
    }

    private void commit(LogPosition position) {
        while (!sealed.isEmpty() && sealed.getFirst().isCommittedBy(position)) {
            Batch batch = sealed.removeFirst();
            batch.committed(now().bootNanos());
            publish(batch);
            published.add(batch);
        }
    }

    private void acknowledge(LogPosition position) {
        while (!published.isEmpty() && published.getFirst().isCommittedBy(position)) {
            Batch batch = published.removeFirst();
            batch.giveAnswers();
            long durableNanos = batch.committedAtNanos() - batch.sealedAtNanos();
            ports.meters().durableAfter(durableNanos);
            long doneNanos = now().bootNanos();
            int waiting = frames.entryCount() + inbox.proposals();
            gather.committed(batch.entries().size(), waiting, durableNanos, doneNanos);
            ports.stages().committed(batch.entries().size(), durableNanos, doneNanos - batch.committedAtNanos());
        }
    }

    private void publish(Batch batch) {
        CommittedState state = new CommittedState(batch.after(), batch.end().index(), term);
        gate.publish(state);
        publishedEnd = batch.end();
        ports.log().commit(batch.end(), batch.entries());
        if (batch.entries().stream().anyMatch(Entry.MembershipChange.class::isInstance)) {
            tellMembers(state.state());
        }
        Commit commit = new Commit(state, batch.entries(), batch.revisions());
        for (CommitListener listener : ports.listeners()) {
            listener.onCommitted(commit);
        }
    }

    /** The core hears who the members are, once that is committed; nobody counts by it before the register says so. */
    private void tellMembers(StoreState state) {
        if (!state.members().isEmpty()) {
            post(new PrimaryEvent.MembersChanged(MemberNames.of(state.members()), now()));
        }
    }

    private void maybeSweep() {
        long nowNanos = now().bootNanos();
        if (nowNanos - nextSweepNanos < 0) {
            return;
        }
        nextSweepNanos = nowNanos + SWEEP_PERIOD.toNanos();
        long bornBefore = nowNanos - requestTimeoutNanos;
        int given = open.giveUpOn(bornBefore);
        for (Batch batch : published) {
            given += batch.giveUpOn(bornBefore);
        }
        for (Batch batch : sealed) {
            given += batch.giveUpOn(bornBefore);
        }
        ports.meters().proposalsFailed(given);
        gate.giveUpOn(bornBefore);
        if (core.leadsStandbys()) {
            replication = new ReplicationView(core.rule(), core.unarchivedBytes(), core.standbys(now()), nowNanos);
            sayWhetherTheBucketAnswers();
        }
        ports.stages().queued(inbox.proposals());
    }

    private void sayWhetherTheBucketAnswers() {
        if (core.isBucketLost() == bucketLost) {
            return;
        }
        bucketLost = core.isBucketLost();
        if (bucketLost) {
            LOG.warn("the bucket does not answer, writes go on without it: {}", core.rule());
        } else {
            LOG.info("the bucket answers again, writes wait for it: {}", core.rule());
        }
    }

    /** Whoever waits for {@link #ended()} may take apart what the listener needs, so the listener comes first. */
    private void end(Ending ending) {
        if (ended.isDone()) {
            return;
        }
        over = true;
        try {
            serving.completeExceptionally(EtcdError.NO_LEADER.exception());
            ports.termListener().onEnded(ending);
        } finally {
            gate.close();
            ended.complete(ending);
        }
    }

    private void failEverybody() {
        gate.close();
        int told = open.failAnswers();
        for (Batch batch : published) {
            told += batch.failAnswers();
        }
        for (Batch batch : sealed) {
            told += batch.failAnswers();
        }
        ports.meters().proposalsFailed(told);
        inbox.runSome(Integer.MAX_VALUE);
        ports.meters().pending(0);
        ports.log().discardStaged();
        finished.complete(new PrimaryTerm.Tip(publishedEnd, publishedState()));
        inbox.runSome(Integer.MAX_VALUE);
    }

    /** What was forgotten since the last batch was published is forgotten here too. */
    private StoreState publishedState() {
        StoreState state = gate.committed().state();
        for (Batch batch : sealed) {
            state = batch.prunedLikewise(state);
        }
        return open.prunedLikewise(state);
    }

    private void maybeFinishClosing() {
        if (!closing && !leaving) {
            return;
        }
        boolean idle = sealed.isEmpty() && published.isEmpty() && frames.isEmpty() && inbox.proposals() == 0;
        if (idle && leaving && now().bootNanos() - leavesNanos >= 0 && core.isDrained()) {
            end(new Ending(false, true, "it is given back at " + core.stored()));
        } else if (idle && closing) {
            end(new Ending(false, "closed"));
        }
    }

    /** How long this primary may go on answering reads without asking the register again; nothing once that is over. */
    public Duration readLeaseLeft() {
        return gate.leaseLeft();
    }

    /** How replication stood a moment ago; null before anything is known. */
    public @Nullable ReplicationView replication() {
        return replication;
    }

    /** Where the log in the bucket ended a moment ago. Any thread. */
    long storedIndex() {
        return storedIndex;
    }

    /** The end of what was stored in the bucket; to be asked after the primary ended. */
    LogPosition stored() {
        return core.stored();
    }

    /** Lets what is under way and what still comes be committed and archived, then ends as drained. */
    void leave() {
        inbox.post(() -> {
            leaving = true;
            leavesNanos = now().bootNanos() + LEAVING.toNanos();
            wakeUps.add(leavesNanos);
            step(new PrimaryEvent.Leaving(now()));
        });
    }

    /** Takes {@link #leave} back, unless it ended meanwhile. */
    void stay() {
        inbox.post(() -> {
            leaving = false;
            step(new PrimaryEvent.Staying());
        });
    }

    /** Ends at once: nothing is answered any more, whatever is under way. */
    void abandon(String reason) {
        inbox.post(() -> end(new Ending(false, reason)));
    }

    /** Lets what is under way finish, then ends; {@link #ended()} tells when. */
    @Override
    public void close() {
        closing = true;
        inbox.post(() -> {});
    }
}
