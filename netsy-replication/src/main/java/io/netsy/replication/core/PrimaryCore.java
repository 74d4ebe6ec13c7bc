package io.netsy.replication.core;

import io.netsy.replication.codec.Frame;
import io.netsy.replication.codec.FrameBuilder;
import io.netsy.replication.core.PrimaryEffect.Adopt;
import io.netsy.replication.core.PrimaryEffect.Commit;
import io.netsy.replication.core.PrimaryEffect.Halt;
import io.netsy.replication.core.PrimaryEffect.PutChunk;
import io.netsy.replication.core.PrimaryEffect.ReadChunk;
import io.netsy.replication.core.PrimaryEffect.Serve;
import io.netsy.replication.core.PrimaryEffect.StepDown;
import io.netsy.replication.core.PrimaryEvent.ChunkAbsent;
import io.netsy.replication.core.PrimaryEvent.ChunkCreated;
import io.netsy.replication.core.PrimaryEvent.ChunkFound;
import io.netsy.replication.core.PrimaryEvent.ChunkOutcomeUnknown;
import io.netsy.replication.core.PrimaryEvent.ChunkRefused;
import io.netsy.replication.core.PrimaryEvent.ChunkUnreadable;
import io.netsy.replication.core.PrimaryEvent.FrameSequenced;
import io.netsy.replication.core.PrimaryEvent.ReadWaiting;
import io.netsy.replication.core.PrimaryEvent.RegisterSeen;
import io.netsy.replication.core.PrimaryEvent.RegisterUnreadable;
import io.netsy.replication.core.PrimaryEvent.Started;
import io.netsy.replication.core.PrimaryEvent.Tick;
import io.netsy.replication.model.Entry;
import io.netsy.replication.model.LogPosition;
import io.netsy.replication.model.Moment;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A primary's protocol from the moment its term is won until it ends, as a pure step function. One thread steps it.
 *
 * <ol>
 *   <li><b>Opening.</b> TermStart goes to the key after the tip, to the bucket alone. If something stands there already,
 *       it is a late chunk of a predecessor: when it follows the tip and its term is lower, its frames join the history
 *       (they may have been acknowledged) and TermStart tries the next key.
 *   <li><b>Confirming.</b> TermStart stands. The register is read once more; only if it still names this process does it
 *       serve, because retention might have freed a key that a sleeper then took (protocol safety, 7).
 *   <li><b>Serving.</b> Frames go to the bucket in order, at most one chunk in flight. What stands is committed by
 *       {@link CommitRule}.
 * </ol>
 *
 * A lost answer is settled by reading the key: the very same chunk is success; nothing there is still unknown, so the
 * same bytes are put again, never others; a chunk of a higher term ends this one. Nothing sequenced is ever taken back
 * while the term lasts.
 */
public final class PrimaryCore {
    private enum Phase {
        OPENING,
        CONFIRMING,
        SERVING,
        ENDED
    }

    private final long term;
    private final UUID process;
    private final PrimarySettings settings;
    private final RegisterWatch register;
    private final List<Frame> waiting = new ArrayList<>();

    private Phase phase = Phase.OPENING;
    private LogPosition stored;
    private LogPosition sequenced;
    private long revision;
    private @Nullable ChunkAttempt attempt;
    private @Nullable Frame termStart;

    /**
     * @param tip the end of the chain in the bucket
     * @param revision the store revision there
     */
    public PrimaryCore(long term, UUID process, PrimarySettings settings, LogPosition tip, long revision) {
        this.term = term;
        this.process = process;
        this.settings = settings;
        this.register = new RegisterWatch(settings);
        this.stored = tip;
        this.sequenced = tip;
        this.revision = revision;
    }

    /** Takes one event and says what is to be done about it. */
    public List<PrimaryEffect> step(PrimaryEvent event) {
        List<PrimaryEffect> effects = new ArrayList<>(4);
        if (phase == Phase.ENDED) {
            return effects;
        }
        switch (event) {
            case Started started -> putTermStart(started.now(), effects);
            case FrameSequenced sequencedFrame -> handleFrameSequenced(sequencedFrame, effects);
            case ChunkCreated created -> handleCreated(created.firstIndex(), created.now(), effects);
            case ChunkRefused refused -> readBack(refused.firstIndex(), effects);
            case ChunkOutcomeUnknown unknown -> readBack(unknown.firstIndex(), effects);
            case ChunkFound found -> handleFound(found.chunk(), found.now(), effects);
            case ChunkAbsent absent -> rest(absent.firstIndex(), absent.now(), effects);
            case ChunkUnreadable unreadable -> rest(unreadable.firstIndex(), unreadable.now(), effects);
            case RegisterSeen seen -> handleRegisterSeen(seen, effects);
            case RegisterUnreadable unreadable -> register.handleUnreadable(unreadable.now(), effects);
            case ReadWaiting read -> register.maybeAsk(read.now(), effects);
            case Tick tick -> handleTick(tick.now(), effects);
        }
        return effects;
    }

    /** Whether a frame handed over now would leave for the bucket at once. */
    public boolean isIdle() {
        return phase == Phase.SERVING && attempt == null && waiting.isEmpty();
    }

    /** The end of the chain in the bucket, as proved under this term. */
    public LogPosition stored() {
        return stored;
    }

    private void putTermStart(Moment now, List<PrimaryEffect> effects) {
        FrameBuilder builder = new FrameBuilder(term, stored, revision);
        builder.append(new Entry.TermStart(term, process, stored.term()), revision);
        put(List.of(builder.seal(now.wallMillis())), effects);
    }

    private void handleFrameSequenced(FrameSequenced event, List<PrimaryEffect> effects) {
        if (phase != Phase.SERVING || !event.frame().follows(sequenced)) {
            halt(
                    "a frame was sequenced that does not follow %s while %s: %s"
                            .formatted(sequenced, phase, event.frame()),
                    effects);
            return;
        }
        sequenced = event.frame().end();
        waiting.add(event.frame());
        maybePut(event.now(), effects);
    }

    /** Starts the next chunk unless one is in flight, nothing waits, or the right to write is in doubt. */
    private void maybePut(Moment now, List<PrimaryEffect> effects) {
        if (phase != Phase.SERVING || attempt != null || waiting.isEmpty()) {
            return;
        }
        if (!register.allowsWrites(now)) {
            register.maybeAsk(now, effects);
            return;
        }
        put(waiting, effects);
        waiting.clear();
    }

    private void put(List<Frame> frames, List<PrimaryEffect> effects) {
        Chunk chunk = new Chunk(term, process, frames);
        attempt = new ChunkAttempt(chunk);
        effects.add(new PutChunk(chunk));
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

    private void adopt(Chunk late, Moment now, List<PrimaryEffect> effects) {
        attempt = null;
        stored = late.end();
        sequenced = stored;
        revision = late.frames().getLast().header().lastRevision();
        effects.add(new Adopt(late.frames()));
        putTermStart(now, effects);
    }

    private void handleCreated(long firstIndex, Moment now, List<PrimaryEffect> effects) {
        if (attempt == null || !attempt.isAt(firstIndex)) {
            return;
        }
        Chunk chunk = attempt.chunk();
        attempt = null;
        stored = chunk.end();
        if (phase == Phase.OPENING) {
            sequenced = stored;
            phase = Phase.CONFIRMING;
            termStart = chunk.frames().getFirst();
            register.maybeAsk(now, effects);
            return;
        }
        maybePut(now, effects);
        effects.add(new Commit(CommitRule.committed(settings.level(), stored)));
    }

    private void handleRegisterSeen(RegisterSeen seen, List<PrimaryEffect> effects) {
        if (seen.term() != term || !seen.process().equals(process)) {
            stepDown(
                    "the term register names term %d, process %s; this is term %d, process %s"
                            .formatted(seen.term(), seen.process(), term, process),
                    effects);
            return;
        }
        if (phase == Phase.CONFIRMING && termStart != null) {
            phase = Phase.SERVING;
            effects.add(new Serve(termStart));
        }
        register.handleConfirmed(seen, effects);
        handleTick(seen.now(), effects);
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
