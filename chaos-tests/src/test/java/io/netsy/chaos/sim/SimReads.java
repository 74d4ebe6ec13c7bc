package io.netsy.chaos.sim;

import io.netsy.replication.core.PrimaryEvent;
import io.netsy.replication.core.ReadLease;
import io.netsy.replication.model.Moment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.LongConsumer;

/** The reads that wait at a primary, by the discipline of the node's read gate: a question serves those that came before it left. */
final class SimReads {
    private final SimPrimary primary;
    private final SimCluster cluster;
    private List<LongConsumer> came = new ArrayList<>();
    private final NavigableMap<Long, List<LongConsumer>> asked = new TreeMap<>();
    private ReadLease lease = ReadLease.none(new Moment(0, 0));

    SimReads(SimPrimary primary, SimCluster cluster) {
        this.primary = primary;
        this.cluster = cluster;
    }

    /** Answers with the committed index, once this primary's right to say it is confirmed. */
    void read(LongConsumer answer) {
        if (!primary.isServing()) {
            return;
        }
        if (lease.holdsAt(primary.now())) {
            answer.accept(primary.committedIndex());
            return;
        }
        if (cluster.sabotage().readsJoinQuestions() && !asked.isEmpty()) {
            asked.lastEntry().getValue().add(answer);
        } else {
            came.add(answer);
        }
        primary.step(new PrimaryEvent.ReadWaiting(primary.now()));
    }

    void questionLeaves(long question) {
        asked.put(question, came);
        came = new ArrayList<>();
    }

    /** Serves the reads that waited for this question, or for one before it. */
    void confirmed(long question) {
        Map<Long, List<LongConsumer>> served = asked.headMap(question, true);
        List<LongConsumer> confirmed =
                served.values().stream().flatMap(List::stream).toList();
        served.clear();
        confirmed.forEach(answer -> answer.accept(primary.committedIndex()));
    }

    void leaseChanged(ReadLease changed) {
        lease = changed;
    }
}
