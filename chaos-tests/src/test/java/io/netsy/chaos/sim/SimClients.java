package io.netsy.chaos.sim;

import io.netsy.chaos.sim.SimFigures.Seen;
import io.netsy.replication.codec.Frame;
import io.netsy.replication.codec.FrameException;
import io.netsy.replication.core.PrimaryEvent;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.Change;
import io.netsy.replication.model.Entry;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Clients that propose and read, and remember what they were told. */
final class SimClients {
    private final SimCluster cluster;
    private final Set<Long> waiting = new HashSet<>();
    private final Map<Long, Long> acknowledgedAt = new HashMap<>();
    private final Set<Long> refused = new HashSet<>();
    private long proposals;

    SimClients(SimCluster cluster) {
        this.cluster = cluster;
    }

    /** Sends a proposal to a node, which takes it if it serves as primary; answers its number, or 0. */
    long propose(SimNode node) {
        SimPrimary primary = node.primary();
        if (primary == null || !primary.takesWrites() || node.isFrozen()) {
            return 0;
        }
        long proposal = ++proposals;
        waiting.add(proposal);
        primary.sequencer().propose(proposal);
        primary.step(new PrimaryEvent.Tick(node.clock().moment()));
        return proposal;
    }

    /** A linearizable read at a node: it must show everything that is acknowledged by now. */
    void read(SimNode node) {
        long mustSee = cluster.invariants().acknowledgedIndex();
        node.read(shown -> {
            cluster.invariants().read(node.name(), mustSee, shown);
            cluster.figures().count(Seen.READS);
        });
    }

    void acknowledged(long proposal, long index) {
        answer(proposal);
        cluster.figures().count(Seen.ACKNOWLEDGED);
        acknowledgedAt.put(proposal, index);
    }

    void unknown(long proposal) {
        answer(proposal);
    }

    void refused(long proposal) {
        answer(proposal);
        refused.add(proposal);
    }

    private void answer(long proposal) {
        if (!waiting.remove(proposal)) {
            throw new InvariantBroken("5: proposal %d was answered twice".formatted(proposal));
        }
    }

    /** What was acknowledged behind an index may be lost. */
    void giveUpAfter(long index) {
        acknowledgedAt.values().removeIf(at -> at > index);
    }

    boolean isAcknowledged(long proposal) {
        return acknowledgedAt.containsKey(proposal);
    }

    boolean allAnswered() {
        return waiting.isEmpty();
    }

    /** At the end: each acknowledged proposal stands at its index, none twice, and none that was refused. */
    void audit() {
        Map<Bytes, Long> indexes = new HashMap<>();
        long index = 1;
        long end = cluster.invariants().declaredEnd().index();
        while (index <= end) {
            Frame frame = cluster.invariants().frameOf(index);
            for (Entry entry : entries(frame)) {
                if (entry instanceof Entry.Transaction transaction) {
                    Change change = transaction.changes().getFirst();
                    if (indexes.put(change.key(), index) != null) {
                        throw new InvariantBroken("%s was committed twice".formatted(change.key()));
                    }
                }
                index++;
            }
        }
        acknowledgedAt.forEach((proposal, at) -> {
            if (!at.equals(indexes.get(
                    SimSequencer.entry(proposal, 1).changes().getFirst().key()))) {
                throw new InvariantBroken("proposal %d is not at index %d".formatted(proposal, at));
            }
        });
        refused.forEach(proposal -> {
            if (indexes.containsKey(
                    SimSequencer.entry(proposal, 1).changes().getFirst().key())) {
                throw new InvariantBroken("proposal %d was refused, and is committed".formatted(proposal));
            }
        });
    }

    private static List<Entry> entries(Frame frame) {
        try {
            return frame.entries();
        } catch (FrameException e) {
            throw new InvariantBroken("unreadable: " + e.getMessage());
        }
    }
}
