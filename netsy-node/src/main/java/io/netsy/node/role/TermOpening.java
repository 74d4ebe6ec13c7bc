package io.netsy.node.role;

import io.netsy.elector.term.TermRegister;
import io.netsy.node.archive.ChainWalk;
import io.netsy.node.archive.DamagedObjectException;
import io.netsy.node.archive.LogArchive;
import io.netsy.node.objectstore.ObjectStoreException;
import io.netsy.node.primary.PrimaryTerm.History;
import io.netsy.node.primary.PrimaryTerm.OwnLog.Remainder;
import io.netsy.node.primary.PrimaryTerm.Tip;
import io.netsy.node.standby.FrameApplier;
import io.netsy.node.writeahead.WriteAheadFile;
import io.netsy.replication.codec.Frame;
import io.netsy.replication.core.Chunk;
import io.netsy.replication.core.TailFetch;
import io.netsy.replication.model.LogPosition;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a node that was picked to where its term begins (PROTOCOL.md, "the primary that was picked"), on a thread of its own:
 *
 * <ol>
 *   <li>Walks the bucket from what is applied to its end, and applies that; nothing to do when that is where the bucket ends.
 *   <li>Takes from its own write-ahead file what goes on from there, and from the other nodes what is missing up to the tip that the
 *       register requires ({@link TailFetch}).
 *   <li>Makes the write-ahead file end with that history, flushed.
 * </ol>
 *
 * While the tip can't be reached it says so and begins again. It may be cancelled at any moment: then nothing is applied or written
 * any more, whatever it waits for.
 */
public final class TermOpening {
    private static final Logger LOG = LoggerFactory.getLogger(TermOpening.class);
    private static final Duration PAUSE = Duration.ofMillis(200);

    /** So many rounds of questions to the others before the bucket is walked again. */
    private static final int ROUNDS = 5;

    private final Setup setup;
    private final FrameApplier applier;
    private final Consumer<Outcome> done;
    private final Thread thread;
    private String lastFault = "";
    private boolean cancelled;
    private volatile boolean unable;

    /**
     * What an opening works with.
     *
     * @param register assigns the term
     * @param io runs blocking reads
     * @param others the other nodes of the cluster
     */
    public record Setup(
            TermRegister register,
            LogArchive archive,
            WriteAheadFile file,
            Executor io,
            PeerCalls peers,
            List<String> others) {
        public Setup {
            others = List.copyOf(others);
        }
    }

    /** The log passes by what is applied here. */
    private static final class OtherHistoryException extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** How an opening ends, unless it is cancelled. */
    public sealed interface Outcome {
        /** The term may begin on this history. */
        record Opened(History history) implements Outcome {}

        /**
         * What is applied here is not of the chosen history, or the log that follows it is no longer kept: this node has to be
         * built anew.
         *
         * @param losesVote whether that drops what its disk's word may be needed for
         */
        record Unusable(String reason, boolean losesVote) implements Outcome {}
    }

    /**
     * @param applier carries the state; nobody else does meanwhile
     * @param done is told the end, on this opening's thread
     */
    public TermOpening(Setup setup, FrameApplier applier, Consumer<Outcome> done) {
        this.setup = setup;
        this.applier = applier;
        this.done = done;
        this.thread = Thread.ofVirtual().name("netsy-opening").unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    /** Whether what is required could not be had so far. */
    public boolean isUnable() {
        return unable;
    }

    /**
     * Nothing is applied or written from now on; answers where the state ends. The thread is left to end by itself: an interrupt
     * would close the write-ahead file under it.
     */
    public synchronized Tip cancel() {
        cancelled = true;
        return applier.tip();
    }

    private synchronized boolean isCancelled() {
        return cancelled;
    }

    private synchronized LogPosition applied() {
        return applier.tip().position();
    }

    private void run() {
        while (!isCancelled()) {
            try {
                Optional<Outcome> outcome = open();
                if (outcome.isPresent()) {
                    done.accept(outcome.get());
                    return;
                }
            } catch (IOException | DamagedObjectException | RuntimeException e) {
                if (!isCancelled()) {
                    fault(e);
                }
            }
            rest();
        }
    }

    private void fault(Exception e) {
        unable = true;
        String fault = String.valueOf(e.getMessage());
        if (!fault.equals(lastFault)) {
            lastFault = fault;
            boolean isExpected = e instanceof ObjectStoreException || e instanceof IOException;
            LOG.error(
                    "term {} can't be opened, tried again: {}", setup.register().term(), fault, isExpected ? null : e);
        }
    }

    private static void rest() {
        LockSupport.parkNanos(PAUSE.toNanos());
    }

    /** Answers nothing when it is to be tried again. */
    private Optional<Outcome> open() throws IOException, DamagedObjectException {
        LogPosition from = applied();
        if (from.equals(setup.register().requiredTip()) && setup.archive().plainlyEndsAt(from)) {
            return finish(from, List.of());
        }
        if (setup.register().logFloor() > from.index() + 1) {
            return unusable("the log after %s is no longer kept".formatted(from));
        }
        LogPosition begin = findBegin(from);
        if (begin == null) {
            return unusable("%s, the end of what is applied, is not in the log in the bucket".formatted(from));
        }
        LogPosition stored;
        try {
            stored = walk(begin);
        } catch (OtherHistoryException e) {
            return unusable("%s, the end of what is applied, is not on the way to the end of the log".formatted(from));
        }
        TailFetch fetch = new TailFetch(stored, required(stored));
        offerOwn(fetch);
        askOthers(fetch);
        if (!fetch.isComplete()) {
            unable = true;
            LOG.warn(
                    "term {} requires {}, and only {} can be reached; the others are asked again",
                    setup.register().term(),
                    setup.register().requiredTip(),
                    fetch.end());
            return Optional.empty();
        }
        return finish(stored, fetch.frames());
    }

    private LogPosition required(LogPosition stored) {
        LogPosition required = setup.register().requiredTip();
        return required == null ? stored : required;
    }

    private Optional<Outcome> unusable(String reason) {
        boolean losesVote = setup.file().end().index() >= setup.register().logFloor();
        return Optional.of(new Outcome.Unusable(reason, losesVote));
    }

    /**
     * A position of this node's own history from which the bucket's chain goes on: what is applied; or, where the bucket does not reach
     * that far yet, the bucket's newest end that the write-ahead file holds.
     */
    private @Nullable LogPosition findBegin(LogPosition from) throws IOException, DamagedObjectException {
        if (from.equals(LogPosition.START)) {
            return from;
        }
        Optional<LogPosition> near = setup.archive().lastEndUpTo(from.index());
        if (near.isEmpty()) {
            boolean holdsAll = setup.file().base().equals(LogPosition.START);
            return setup.archive().isEmpty() && holdsAll ? LogPosition.START : null;
        }
        return near.get().equals(from) || setup.file().holds(near.get()) ? near.get() : null;
    }

    private LogPosition walk(LogPosition begin) throws DamagedObjectException {
        ChainWalk walk = new ChainWalk(setup.archive(), begin, setup.io());
        for (Optional<Chunk> chunk = walk.next(); chunk.isPresent(); chunk = walk.next()) {
            chunk.get().frames().forEach(this::apply);
            while (applier.isFull() && !isCancelled()) {
                rest();
            }
        }
        return walk.end();
    }

    private synchronized void apply(Frame frame) {
        if (cancelled) {
            throw new IllegalStateException("the opening is cancelled");
        }
        LogPosition applied = applier.tip().position();
        if (frame.lastIndex() > applied.index()) {
            if (!frame.follows(applied)) {
                throw new OtherHistoryException();
            }
            applier.apply(frame, setup.register().term());
        }
    }

    private void offerOwn(TailFetch fetch) throws IOException {
        if (fetch.isComplete() || !setup.file().holds(fetch.end())) {
            return;
        }
        setup.file().read(fetch.end().index() + 1, frame -> {
            fetch.offer(List.of(frame));
            return !fetch.isComplete();
        });
    }

    private void askOthers(TailFetch fetch) {
        for (int round = 0; round < ROUNDS && !fetch.isComplete() && !isCancelled(); round++) {
            LogPosition before = fetch.end();
            for (String node : setup.others()) {
                if (!fetch.isComplete()) {
                    ask(node, fetch);
                }
            }
            if (fetch.end().equals(before)) {
                rest();
            } else {
                round = 0;
            }
        }
    }

    private void ask(String node, TailFetch fetch) {
        LogPosition after = fetch.end();
        CompletableFuture<List<Frame>> answer = setup.peers().framesAfter(node, after);
        try {
            fetch.offer(answer.get());
        } catch (InterruptedException e) {
            LOG.debug("opening interrupted");
        } catch (ExecutionException e) {
            LOG.info("node {} gives no frames after {}: {}", node, after, String.valueOf(e.getCause()));
        }
    }

    private synchronized Optional<Outcome> finish(LogPosition stored, List<Frame> tail) throws IOException {
        if (cancelled) {
            return Optional.empty();
        }
        Tip tip = applier.tip();
        LogPosition applied = tip.position();
        boolean isOfTheHistory = applied.equals(stored)
                || tail.stream().anyMatch(frame -> frame.end().equals(applied));
        if (!isOfTheHistory) {
            return unusable("%s, the end of what is applied, is not in the history up to %s"
                    .formatted(applied, tail.isEmpty() ? stored : tail.getLast().end()));
        }
        endFileWith(stored, tail);
        return Optional.of(new Outcome.Opened(new History(tip, new Remainder(stored, tail))));
    }

    /** What the file holds beyond this history was never acknowledged, and goes. */
    private void endFileWith(LogPosition stored, List<Frame> tail) throws IOException {
        WriteAheadFile file = setup.file();
        if (!file.holds(stored)) {
            file.reset(stored);
        }
        List<Frame> missing = new ArrayList<>(tail);
        LogPosition common = stored;
        while (!missing.isEmpty() && file.holds(missing.getFirst().end())) {
            common = missing.removeFirst().end();
        }
        if (!file.end().equals(common)) {
            LOG.info(
                    "frames after {} are not in the history of term {} and go",
                    common,
                    setup.register().term());
            file.truncateAfter(common.index());
        }
        for (Frame frame : missing) {
            file.append(frame);
        }
        LogPosition _ = file.flush();
    }
}
