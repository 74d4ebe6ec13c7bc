package io.netsy.chaos.sim;

import io.netsy.replication.codec.Frame;
import io.netsy.replication.core.Holdings;
import io.netsy.replication.model.LogPosition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;

/**
 * A node's disk: the write-ahead file as frames with a flushed mark, the promised term, how far the replica has applied, and
 * the disk's id. A crash keeps what was flushed and any prefix of the rest: the frame that was torn is gone, and so is all
 * behind it; the replica may lose its tail as far as the file can give it again.
 */
final class SimDisk {
    private UUID id;
    private LogPosition base = LogPosition.START;
    private final List<Frame> frames = new ArrayList<>();
    private long flushedIndex;
    private LogPosition applied = LogPosition.START;
    private long promisedTerm;
    private int cuts;

    SimDisk(UUID id) {
        this.id = id;
    }

    UUID id() {
        return id;
    }

    /** What the file begins after. */
    LogPosition base() {
        return base;
    }

    LogPosition end() {
        return frames.isEmpty() ? base : frames.getLast().end();
    }

    /** The end of what survives a crash. */
    long flushedIndex() {
        return flushedIndex;
    }

    int cuts() {
        return cuts;
    }

    /** Writes a frame; one that is there already is left alone, another one at its place goes first. */
    void append(Frame frame) {
        if (frame.lastIndex() <= end().index()) {
            if (frame.lastIndex() <= base.index() || frames.contains(frame)) {
                return;
            }
            truncate(new LogPosition(frame.header().term(), frame.firstIndex() - 1, 0));
        }
        if (!frame.follows(end())) {
            throw new InvariantBroken("%s was written behind %s".formatted(frame, end()));
        }
        frames.add(frame);
    }

    /** A flush that began when the file ended there, and had been cut so often, is done. */
    void flushed(LogPosition upTo, int cutsThen) {
        if (cutsThen == cuts) {
            flushedIndex = Math.max(flushedIndex, upTo.index());
        }
    }

    void flushAll() {
        flushedIndex = end().index();
    }

    /** Durably removes what is behind a position. */
    void truncate(LogPosition after) {
        while (!frames.isEmpty() && frames.getLast().lastIndex() > after.index()) {
            frames.removeLast();
        }
        flushedIndex = Math.min(flushedIndex, after.index());
        cuts++;
    }

    /** Lets go of frames up to an index, never of one that is not applied. */
    void forget(long upToIndex) {
        long upTo = Math.min(Math.min(upToIndex, applied.index()), flushedIndex);
        while (!frames.isEmpty() && frames.getFirst().lastIndex() <= upTo) {
            base = frames.removeFirst().end();
        }
    }

    LogPosition applied() {
        return applied;
    }

    void apply(LogPosition upTo) {
        applied = upTo;
    }

    long promisedTerm() {
        return promisedTerm;
    }

    void promise(long term) {
        promisedTerm = Math.max(promisedTerm, term);
    }

    void forgetPromise() {
        promisedTerm = 0;
    }

    void crash(Random random) {
        long surely = frames.stream()
                .filter(frame -> frame.lastIndex() <= flushedIndex)
                .count();
        long kept = surely + random.nextInt((int) (frames.size() - surely) + 1);
        while (frames.size() > kept) {
            frames.removeLast();
        }
        flushAll();
        if (applied.index() > end().index()) {
            reset(applied);
        } else if (random.nextInt(3) == 0) {
            applied = random.nextInt(3) == 0 ? base : earlier(random);
        }
    }

    private LogPosition earlier(Random random) {
        List<LogPosition> ends = frames.stream()
                .map(Frame::end)
                .filter(end -> end.index() <= applied.index())
                .toList();
        return ends.isEmpty() ? base : ends.get(random.nextInt(ends.size()));
    }

    /** Everything is gone; it is another disk from now on. */
    void wipe(UUID newId) {
        id = newId;
        promisedTerm = 0;
        reset(LogPosition.START);
    }

    /** The replica stands at a position, and the file begins after it, empty. */
    void reset(LogPosition at) {
        frames.clear();
        base = at;
        applied = at;
        flushedIndex = at.index();
        cuts++;
    }

    /** The file goes on after the bucket's tip with a history's tail, whatever it held there. */
    void prepare(LogPosition tip, List<Frame> tail) {
        Optional<List<Frame>> here = after(tip);
        if (here.isEmpty()) {
            LogPosition was = applied;
            reset(tip);
            applied = was.index() > tip.index() ? was : tip;
        } else {
            int same = 0;
            while (same < tail.size()
                    && same < here.get().size()
                    && tail.get(same).equals(here.get().get(same))) {
                same++;
            }
            LogPosition common = same == 0 ? tip : tail.get(same - 1).end();
            if (!common.equals(end())) {
                truncate(common);
            }
            if (applied.index() < tip.index()) {
                applied = tip;
            }
        }
        tail.forEach(this::append);
    }

    /** The frames behind a position; empty when the position is not in this file. */
    Optional<List<Frame>> after(LogPosition position) {
        if (position.equals(base)) {
            return Optional.of(List.copyOf(frames));
        }
        for (int i = 0; i < frames.size(); i++) {
            if (frames.get(i).end().equals(position)) {
                return Optional.of(List.copyOf(frames.subList(i + 1, frames.size())));
            }
        }
        return Optional.empty();
    }

    /** Where the flushed frames end that follow a position under its own term; empty when it is not in this file. */
    Optional<LogPosition> tailAfter(LogPosition tip) {
        return after(tip).map(frames -> {
            LogPosition end = tip;
            for (Frame frame : frames) {
                if (frame.header().term() != tip.term() || frame.lastIndex() > flushedIndex) {
                    break;
                }
                end = frame.end();
            }
            return end;
        });
    }

    /** The frames from an index on; none when the file does not go back so far. */
    List<Frame> from(long firstIndex) {
        return frames.stream().noneMatch(frame -> frame.firstIndex() == firstIndex)
                ? List.of()
                : frames.stream()
                        .filter(frame -> frame.firstIndex() >= firstIndex)
                        .toList();
    }

    /** All frames of the file. */
    List<Frame> all() {
        return List.copyOf(frames);
    }

    Holdings holdings() {
        List<Frame> tail = after(applied)
                .orElseThrow(() ->
                        new InvariantBroken("the replica stands at %s, which is not in the file".formatted(applied)));
        return new Holdings(promisedTerm, applied, tail);
    }
}
