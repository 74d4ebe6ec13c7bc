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
 * @param members those that are members at the beginning
 * @param rules what configuration asks for, first to last; a mishap goes on to the next
 * @param candidates who may be made primary
 * @param limits small ones, so that little is enough to reach them
 * @param lease that a primary gets when it is named
 * @param electors how many there are; the first is appointed at the beginning
 * @param drift how much faster or slower than right a clock may run, as a share
 */
record SimPlan(
        List<String> nodes,
        List<String> members,
        List<SyncRule> rules,
        List<String> candidates,
        StandbyLoss loss,
        BucketLoss bucketLoss,
        Limits limits,
        Duration lease,
        int electors,
        double drift,
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
        /** Nodes and electors fall into two groups that don't reach each other for a while. */
        SPLIT,
        /** The bucket answers nobody for a while. */
        OUTAGE,
        /** A node loses its disk. */
        WIPE,
        /** The operator wants another node to be primary. */
        SWITCH,
        /** Something befalls an elector. */
        ELECTOR,
        /** A wall clock is set. */
        CLOCK,
        /** Configuration asks for another rule. */
        RECONFIGURE,
        /** A node is added, promoted or removed. */
        MEMBERSHIP
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
                nodes,
                nodes,
                List.of(rule),
                nodes,
                StandbyLoss.DEGRADE,
                BucketLoss.STALL,
                SMALL,
                Duration.ZERO,
                2,
                0,
                Faults.NONE);
    }

    SimPlan with(List<SyncRule> others) {
        return new SimPlan(
                nodes, members, others, candidates, loss, bucketLoss, limits, lease, electors, drift, faults);
    }

    SimPlan with(Limits other) {
        return new SimPlan(nodes, members, rules, candidates, loss, bucketLoss, other, lease, electors, drift, faults);
    }

    SimPlan with(Faults other) {
        return new SimPlan(nodes, members, rules, candidates, loss, bucketLoss, limits, lease, electors, drift, other);
    }

    /** Only these may be made primary, the first before the others. */
    SimPlan withCandidates(List<String> others) {
        return new SimPlan(nodes, members, rules, others, loss, bucketLoss, limits, lease, electors, drift, faults);
    }

    SimPlan with(BucketLoss other) {
        return new SimPlan(nodes, members, rules, candidates, loss, other, limits, lease, electors, drift, faults);
    }

    SimPlan with(Duration otherLease) {
        return new SimPlan(
                nodes, members, rules, candidates, loss, bucketLoss, limits, otherLease, electors, drift, faults);
    }

    /** Only these are members at the beginning. */
    SimPlan withMembers(List<String> others) {
        return new SimPlan(nodes, others, rules, candidates, loss, bucketLoss, limits, lease, electors, drift, faults);
    }

    /** With nodes that are no members. */
    SimPlan withNodes(List<String> others) {
        return new SimPlan(others, members, rules, others, loss, bucketLoss, limits, lease, electors, drift, faults);
    }

    /** Whether members come and go in a run of mishaps, or beside them by a script. */
    boolean changesMembers() {
        return faults.mishaps().kinds().contains(Mishap.MEMBERSHIP) || members.size() < nodes.size();
    }

    Set<String> names() {
        return Set.copyOf(nodes);
    }
}
