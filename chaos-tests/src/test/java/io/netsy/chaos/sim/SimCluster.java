package io.netsy.chaos.sim;

import io.netsy.replication.core.PeerMessage.Identity;
import io.netsy.replication.core.SyncRule;
import io.netsy.replication.model.LogPosition;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One simulated cluster: its parts, and what its operator configured. */
final class SimCluster {
    static final UUID CLUSTER_ID = new UUID(7, 7);

    private final SimPlan plan;
    private final Sabotage sabotage;
    private final SimScheduler scheduler;
    private final SimTrace trace;
    private final SimFigures figures = new SimFigures();
    private final Invariants invariants;
    private final SimBucket bucket;
    private final SimNetwork network;
    private final SimClients clients;
    private final Map<String, SimNode> nodes = new LinkedHashMap<>();
    private String primaryName;
    private int rule;

    SimCluster(SimPlan plan, long seed, Sabotage sabotage) {
        this.plan = plan;
        this.sabotage = sabotage;
        this.scheduler = new SimScheduler(seed);
        this.trace = new SimTrace(scheduler);
        this.primaryName = plan.nodes().getFirst();
        Set<Identity> voters = new HashSet<>();
        for (String name : plan.nodes()) {
            UUID diskId = scheduler.newId();
            voters.add(new Identity(CLUSTER_ID, name, diskId));
            nodes.put(name, new SimNode(name, new SimDisk(diskId), this));
        }
        Register first =
                new Register(1, 0, false, primaryName, Register.NOBODY, SyncRule.LOCAL, voters, LogPosition.START);
        this.invariants = new Invariants(plan.names(), first);
        this.bucket = new SimBucket(plan.faults().store(), scheduler, invariants, figures, first);
        this.network = new SimNetwork(plan.faults().network(), scheduler, figures, this::node);
        this.clients = new SimClients(this);
    }

    void start() {
        nodes.values().forEach(SimNode::start);
    }

    /** Does the next thing, and checks what must hold after it; false when nothing is left to do. */
    boolean step() {
        if (!scheduler.step()) {
            return false;
        }
        for (SimNode node : nodes.values()) {
            invariants.holds(node.name(), node.disk(), node.reportedFlushed());
        }
        return true;
    }

    /** Runs for a time. */
    void run(long nanos) {
        long until = scheduler.now() + nanos;
        scheduler.at(until, () -> {});
        boolean more = true;
        while (more && scheduler.now() < until) {
            more = step();
        }
    }

    SimPlan plan() {
        return plan;
    }

    Sabotage sabotage() {
        return sabotage;
    }

    SimScheduler scheduler() {
        return scheduler;
    }

    SimTrace trace() {
        return trace;
    }

    SimFigures figures() {
        return figures;
    }

    Invariants invariants() {
        return invariants;
    }

    SimBucket bucket() {
        return bucket;
    }

    SimNetwork network() {
        return network;
    }

    SimClients clients() {
        return clients;
    }

    SimNode node(String name) {
        SimNode node = nodes.get(name);
        if (node == null) {
            throw new IllegalArgumentException("no node " + name);
        }
        return node;
    }

    List<SimNode> nodes() {
        return new ArrayList<>(nodes.values());
    }

    /** Who is configured to be primary. */
    String primaryName() {
        return primaryName;
    }

    SimNode primaryNode() {
        return node(primaryName);
    }

    /** The operator makes another node primary; the old one is not told. */
    void appoint(String name) {
        trace.add("operator", "appoints " + name);
        primaryName = name;
        SimNode node = node(name);
        if (node.isUp() && node.primary() == null) {
            node.assumeRole();
        }
    }

    /** The rule that configuration asks for. */
    SyncRule wanted() {
        return plan.rules().get(rule);
    }

    /** Configuration asks for the next rule; the primary reads it when it starts. */
    void reconfigure() {
        rule = (rule + 1) % plan.rules().size();
    }

    /** The core's end of what is committed, if a primary serves. */
    @Nullable
    SimPrimary servingPrimary() {
        SimPrimary primary = primaryNode().primary();
        return primary != null && primary.isServing() ? primary : null;
    }
}
