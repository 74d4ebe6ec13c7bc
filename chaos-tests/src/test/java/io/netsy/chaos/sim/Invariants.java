package io.netsy.chaos.sim;

import io.netsy.elector.term.TermRegister;
import io.netsy.replication.codec.Frame;
import io.netsy.replication.core.Chunk;
import io.netsy.replication.core.PeerMessage.Identity;
import io.netsy.replication.core.SyncRule;
import io.netsy.replication.model.CommitLevel;
import io.netsy.replication.model.LogPosition;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * What must hold after each event, whatever goes wrong. It sees everything: what the bucket holds, what each disk ever held
 * durably, what each primary declared.
 *
 * <ol>
 *   <li>What was acknowledged is in the history of every primary that serves later.
 *   <li>One process acknowledges in a term.
 *   <li>There is one committed frame at an index, on all nodes and in the bucket.
 *   <li>A node applies, and a read shows, only what a primary declared committed.
 *   <li>No index is acknowledged twice.
 *   <li>While the register names a level that is complete in the bucket, everything acknowledged is there.
 *   <li>An acknowledgement has behind it what its level promises.
 *   <li>A standby holds every frame past the bucket's tip that it reported flushed.
 *   <li>A linearizable read shows everything acknowledged before it began.
 *   <li>A disk that drops frames and still counts as the same one drops none that an election may need: past the bucket's tip, of the
 *       tip's term.
 *   <li>The register's term and version never go back.
 *   <li>A revision is given to one write, also where an operator gave up what had it.
 * </ol>
 */
final class Invariants {
    private final Set<String> nodes;
    private final List<Frame> history = new ArrayList<>();
    private final Set<LogPosition> chain = new HashSet<>();
    private final BitSet acknowledgedIndexes = new BitSet();
    private final Map<Long, UUID> acknowledging = new HashMap<>();
    private final Map<UUID, DiskSeen> disks = new HashMap<>();
    private LogPosition stored = LogPosition.START;
    private LogPosition acknowledged = LogPosition.START;
    private long declared;
    private long servedTerm;
    private TermRegister register;
    private final Map<Long, LogPosition> revisions = new HashMap<>();
    private LongConsumer givenUp = index -> {};

    /** What a disk ever held. */
    private static final class DiskSeen {
        private final Set<LogPosition> durable = new HashSet<>();
        private long baseIndex;
        private long appliedIndex;

        boolean held(LogPosition position) {
            return position.index() <= baseIndex || durable.contains(position);
        }
    }

    /** Who acknowledges: a process in its term, on its disk. */
    record Acknowledger(String node, long term, UUID process, UUID diskId) {}

    Invariants(Set<String> nodes, TermRegister register) {
        this.nodes = nodes;
        this.register = register;
        chain.add(LogPosition.START);
    }

    /** Is told the index behind which an operator gives up what was acknowledged. */
    void onGivenUp(LongConsumer listener) {
        givenUp = listener;
    }

    private static void require(boolean holds, Supplier<String> broken) {
        if (!holds) {
            throw new InvariantBroken(broken.get());
        }
    }

    /** A chunk stands in the bucket. */
    void stored(Chunk chunk) {
        require(chunk.follows(stored), () -> "3: the bucket took %s behind %s".formatted(chunk, stored));
        for (Frame frame : chunk.frames()) {
            remember(frame, "the bucket");
            chain.add(frame.end());
        }
        stored = chunk.end();
    }

    /** The end of the chain in the bucket. */
    LogPosition stored() {
        return stored;
    }

    private void remember(Frame frame, String who) {
        while (history.size() <= frame.lastIndex()) {
            int index = history.size();
            if (index < frame.firstIndex()) {
                require(index == 0, () -> "3: %s has %s while index %d is unknown".formatted(who, frame, index));
            }
            history.add(frame);
        }
        requireInHistory(frame, who);
    }

    private void requireInHistory(Frame frame, String who) {
        require(
                frame.lastIndex() < history.size(),
                () -> "4: %s has %s, which nobody declared committed".formatted(who, frame));
        Frame known = history.get((int) frame.lastIndex());
        require(
                known.end().equals(frame.end()),
                () -> "3: %s has %s where the history is %s".formatted(who, frame, known));
    }

    /** A primary declared these frames committed, in order. */
    void committed(List<Frame> frames, String who) {
        for (Frame frame : frames) {
            remember(frame, who);
            requireNewRevisions(frame, who);
            declared = Math.max(declared, frame.lastIndex());
        }
    }

    private void requireNewRevisions(Frame frame, String who) {
        long before = frame.firstIndex() == 1
                ? 1
                : history.get((int) frame.firstIndex() - 1).header().lastRevision();
        // The first entry of a term has no revision, and the bump that may follow it passes over a great many.
        boolean hasNew = frame.header().firstRevision() > before;
        for (long revision = before + 1; hasNew && revision <= frame.header().lastRevision(); revision++) {
            LogPosition first = revisions.putIfAbsent(revision, frame.end());
            long given = revision;
            require(
                    first == null || first.equals(frame.end()),
                    () -> "12: %s gives revision %d to %s, %s had it".formatted(who, given, frame, first));
        }
    }

    /** A node applied a frame. */
    void applied(String node, UUID diskId, Frame frame) {
        require(
                frame.lastIndex() <= declared,
                () -> "4: %s applied %s, committed is %d".formatted(node, frame, declared));
        requireInHistory(frame, node);
        DiskSeen disk = disk(diskId);
        disk.appliedIndex = Math.max(disk.appliedIndex, frame.lastIndex());
    }

    /** A primary serves: its TermStart stands. */
    void serves(String node, long term, Frame termStart) {
        require(
                chain.contains(termStart.end()),
                () -> "1: %s serves, its %s does not stand".formatted(node, termStart));
        if (term > servedTerm) {
            servedTerm = term;
            require(
                    chain.contains(acknowledged),
                    () -> "1: %s serves term %d from %s on, which lacks the acknowledged %s"
                            .formatted(node, term, termStart, acknowledged));
        }
        committed(List.of(termStart), node);
    }

    /** A primary acknowledged everything after an index up to a position. */
    void acknowledged(Acknowledger by, long afterIndex, LogPosition position) {
        UUID first = acknowledging.putIfAbsent(by.term(), by.process());
        require(first == null || first.equals(by.process()), () -> "2: %s acknowledges beside %s".formatted(by, first));
        int from = (int) afterIndex + 1;
        int again = acknowledgedIndexes.nextSetBit(from);
        require(
                position.index() >= from && (again < 0 || again > position.index()),
                () -> "5: %s acknowledges %d to %s again".formatted(by, from, position));
        acknowledgedIndexes.set(from, (int) position.index() + 1);
        require(
                position.index() < history.size()
                        && history.get((int) position.index()).end().equals(position),
                () -> "1: %s acknowledges %s, which is not committed".formatted(by, position));
        require(
                by.term() >= servedTerm || chain.contains(position),
                () -> "1: %s acknowledges %s, a later term that serves lacks it".formatted(by, position));
        if (position.index() > acknowledged.index()) {
            acknowledged = position;
        }
        if (Registers.isHeldBy(register, by.term(), by.process())) {
            requireDurable(by, position);
        }
    }

    private void requireDurable(Acknowledger by, LogPosition position) {
        SyncRule rule = Registers.rule(register);
        require(
                !rule.level().isCompleteInBucket() || chain.contains(position),
                () -> "6: %s acknowledges %s at %s, the bucket ends at %s".formatted(by, position, rule, stored));
        if (rule.level() == CommitLevel.QUORUM && chain.contains(position)) {
            // The bucket's chain is part of every history that is chosen.
            return;
        }
        switch (rule.level()) {
            case LOCAL, REMOTE_WRITE -> {}
            case ON -> requireVoters(by, position, disk -> disk.held(position));
            case REMOTE_APPLY ->
                requireVoters(by, position, disk -> disk.held(position) && disk.appliedIndex >= position.index());
            case QUORUM -> {
                require(
                        disk(by.diskId()).held(position),
                        () -> "7: %s acknowledges %s, unflushed here".formatted(by, position));
                requireVoters(by, position, disk -> disk.held(position));
            }
        }
    }

    private void requireVoters(Acknowledger by, LogPosition position, Predicate<DiskSeen> vouches) {
        SyncRule rule = Registers.rule(register);
        List<String> list = rule.standbys().listFor(by.node(), nodes);
        long vouching = register.voters().stream()
                .filter(voter -> list.contains(voter.nodeId()))
                .filter(voter -> vouches.test(disk(voter.diskId())))
                .count();
        require(
                vouching >= rule.standbys().count(),
                () -> "7: %s acknowledges %s at %s with %d voters behind it".formatted(by, position, rule, vouching));
    }

    /** The register was swapped. */
    void registered(TermRegister next) {
        TermRegister before = register;
        require(
                next.term() >= before.term() && next.version() == before.version() + 1,
                () -> "11: the register goes from %s to %s".formatted(before, next));
        register = next;
        TermRegister.Forced forced = next.forced();
        if (forced != null && forced.term() > before.forcedTerm()) {
            giveUpAfter(forced.after());
        }
        require(
                !next.level().isCompleteInBucket() || chain.contains(acknowledged),
                () -> "6: the register says %s, acknowledged is %s, the bucket ends at %s"
                        .formatted(Registers.rule(next), acknowledged, stored));
    }

    /** An operator says that what is behind this may be lost. All before it may not. */
    private void giveUpAfter(LogPosition end) {
        while (history.size() > end.index() + 1) {
            history.removeLast();
        }
        declared = Math.min(declared, end.index());
        if (acknowledged.index() > end.index()) {
            acknowledged = end;
        }
        acknowledgedIndexes.clear((int) end.index() + 1, acknowledgedIndexes.length() + (int) end.index() + 2);
        givenUp.accept(end.index());
    }

    /** A disk holds this durably. */
    void durable(UUID diskId, LogPosition base, List<Frame> frames) {
        DiskSeen disk = disk(diskId);
        disk.baseIndex = Math.max(disk.baseIndex, base.index());
        frames.forEach(frame -> disk.durable.add(frame.end()));
    }

    private DiskSeen disk(UUID diskId) {
        return disks.computeIfAbsent(diskId, id -> new DiskSeen());
    }

    /** A node was built from the bucket up to a position. */
    void recovered(Identity node, LogPosition position) {
        require(
                chain.contains(position),
                () -> "3: %s was built up to %s, which is not in the bucket".formatted(node, position));
        DiskSeen disk = disk(node.diskId());
        disk.baseIndex = Math.max(disk.baseIndex, position.index());
        disk.appliedIndex = Math.max(disk.appliedIndex, position.index());
    }

    /** A standby's file, and what it told about it. */
    void holds(String node, SimDisk disk, long reportedFlushed) {
        require(
                disk.base().index() <= stored.index(),
                () -> "8: the file of %s begins after %s, the bucket ends at %s".formatted(node, disk.base(), stored));
        require(
                reportedFlushed <= disk.flushedIndex(),
                () -> "8: %s reported index %d flushed, its file is durable up to %d"
                        .formatted(node, reportedFlushed, disk.flushedIndex()));
    }

    /** A disk drops all its frames, and its word goes on to count. */
    void keepsItsVote(String node, List<Frame> dropped, long flushedIndex) {
        for (Frame frame : dropped) {
            require(
                    frame.lastIndex() <= stored.index()
                            || frame.lastIndex() > flushedIndex
                            || frame.header().term() < stored.term(),
                    () -> "10: %s drops %s and counts as before, the bucket ends at %s".formatted(node, frame, stored));
        }
    }

    /** What a read that begins now must see. */
    long acknowledgedIndex() {
        return acknowledged.index();
    }

    /** A linearizable read showed the state at an index. */
    void read(String node, long mustSee, long shown) {
        require(
                shown >= mustSee,
                () -> "9: a read at %s shows index %d, %d was acknowledged before".formatted(node, shown, mustSee));
        require(
                shown <= declared,
                () -> "4: a read at %s shows index %d, committed is %d".formatted(node, shown, declared));
    }

    /** The frame that holds a committed index. */
    Frame frameOf(long index) {
        for (long i = index; i < history.size(); i++) {
            Frame frame = history.get((int) i);
            if (frame.firstIndex() <= index && frame.lastIndex() >= index) {
                return frame;
            }
        }
        throw new InvariantBroken("nothing is committed at index " + index);
    }

    LogPosition declaredEnd() {
        return declared == 0 ? LogPosition.START : history.get((int) declared).end();
    }
}
