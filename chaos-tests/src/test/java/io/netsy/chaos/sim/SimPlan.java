package io.netsy.chaos.sim;

import io.netsy.replication.core.Replication.BucketLoss;
import io.netsy.replication.core.Replication.Limits;
import io.netsy.replication.core.Replication.StandbyLoss;
import io.netsy.replication.core.SyncRule;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * What a run is made of.
 *
 * @param nodes their names; the first is primary at the beginning
 * @param rules what configuration asks for, first to last; a mishap goes on to the next
 * @param candidates who may be made primary
 * @param limits small ones, so that little is enough to reach them
 */
record SimPlan(
        List<String> nodes,
        List<SyncRule> rules,
        List<String> candidates,
        StandbyLoss loss,
        BucketLoss bucketLoss,
        Limits limits,
        Duration lease,
        Faults faults) {

    /** What may go wrong in the life of a node or of the cluster. */
    enum Mishap {
        /** A process dies; what it wrote may be lost as far as it was not flushed. */
        CRASH,
        /** A process stands still for a while, and goes on as if nothing had been. */
        FREEZE,
        /** All streams of a node break. */
        CUT,
        /** Two nodes don't reach each other for a while. */
        PARTITION,
        /** The bucket answers nobody for a while. */
        OUTAGE,
        /** A node loses its disk. */
        WIPE,
        /** The operator makes another node primary. */
        SWITCH,
        /** Configuration asks for another rule. */
        RECONFIGURE
    }

    /**
     * What goes wrong.
     *
     * @param retention whether old positions can't be located any more
     */
    record Faults(Network network, Store store, Disk disk, Mishaps mishaps, boolean retention) {
        static final Faults NONE = new Faults(Network.CALM, Store.CALM, Disk.CALM, new Mishaps(List.of(), 0), false);
    }

    /**
     * What happens to nodes and cluster.
     *
     * @param kinds one may be there several times
     * @param everyNanos how much time is between two of them at most
     */
    record Mishaps(List<Mishap> kinds, long everyNanos) {
        Mishaps {
            kinds = List.copyOf(kinds);
        }
    }

    /** Messages: how often one is lost, doubled, overtaken, and how long they take. */
    record Network(double loss, double duplicate, double reorder, long minNanos, long maxNanos) {
        static final Network CALM = new Network(0, 0, 0, SimScheduler.MILLI / 5, SimScheduler.MILLI);
    }

    /** Requests to the bucket: how often one fails, loses its answer, lands when nobody waits for it any more. */
    record Store(double failed, double answerLost, double late, long minNanos, long maxNanos) {
        static final Store CALM = new Store(0, 0, 0, 10 * SimScheduler.MILLI, 20 * SimScheduler.MILLI);
    }

    /** How long a flush and an apply take at most. */
    record Disk(long maxFlushNanos, long maxApplyNanos) {
        static final Disk CALM = new Disk(2 * SimScheduler.MILLI, SimScheduler.MILLI);
    }

    /** Limits so small that windows close and memory ends. */
    static final Limits SMALL = new Limits(
            Duration.ofSeconds(1), Duration.ofSeconds(1), 1000, 1500, Duration.ofMillis(400), 2000, 20_000, 3);

    /** Three nodes, nothing goes wrong. */
    static SimPlan calm(SyncRule rule) {
        List<String> nodes = List.of("node-a", "node-b", "node-c");
        return new SimPlan(
                nodes, List.of(rule), nodes, StandbyLoss.DEGRADE, BucketLoss.STALL, SMALL, Duration.ZERO, Faults.NONE);
    }

    SimPlan with(List<SyncRule> others) {
        return new SimPlan(nodes, others, candidates, loss, bucketLoss, limits, lease, faults);
    }

    SimPlan with(Limits other) {
        return new SimPlan(nodes, rules, candidates, loss, bucketLoss, other, lease, faults);
    }

    SimPlan with(Faults other) {
        return new SimPlan(nodes, rules, candidates, loss, bucketLoss, limits, lease, other);
    }

    Set<String> names() {
        return Set.copyOf(nodes);
    }
}
