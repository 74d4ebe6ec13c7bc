package io.netsy.chaos.sim;

import io.netsy.elector.term.TermRegister;
import io.netsy.elector.term.TermRegister.State;
import io.netsy.elector.term.TermRegister.Voter;
import io.netsy.replication.core.PrimaryEvent;
import io.netsy.replication.core.SyncRule;
import io.netsy.replication.model.CommitLevel;
import io.netsy.replication.model.LogPosition;
import io.netsy.replication.model.StandbyRule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One simulated cluster: its parts, and what its operator configured. */
final class SimCluster {
    static final UUID CLUSTER_ID = new UUID(7, 7);

    /** The bucket's name in the network. */
    static final String BUCKET = "bucket";

    private final SimPlan plan;
    private final Sabotage sabotage;
    private final SimScheduler scheduler;
    private final SimTrace trace;
    private final SimFigures figures = new SimFigures();
    private final Invariants invariants;
    private final SimBucket bucket;
    private final SimNetwork network;
    private final SimClients clients;
    private final SimMembers members;
    private final Map<String, SimNode> nodes = new LinkedHashMap<>();
    private final Map<String, SimElector> electors = new LinkedHashMap<>();
    private int rule;

    SimCluster(SimPlan plan, long seed, Sabotage sabotage) {
        this.plan = plan;
        this.sabotage = sabotage;
        this.scheduler = new SimScheduler(seed);
        this.trace = new SimTrace(scheduler);
        List<Voter> voters = new ArrayList<>();
        for (String name : plan.nodes()) {
            UUID diskId = scheduler.newId();
            if (plan.members().contains(name)) {
                voters.add(new Voter(name, diskId));
            }
            nodes.put(name, new SimNode(name, new SimDisk(diskId), this));
        }
        for (int i = 1; i <= plan.electors(); i++) {
            String name = "elector-" + i;
            electors.put(name, new SimElector(name, this));
        }
        TermRegister first = new TermRegister(
                1,
                scheduler.newId(),
                1,
                State.RELEASED,
                plan.nodes().getFirst(),
                Registers.NOBODY,
                "nobody",
                LogPosition.START,
                voters,
                CommitLevel.LOCAL,
                StandbyRule.ANYONE,
                Duration.ZERO,
                1,
                null);
        this.invariants = new Invariants(plan.names(), first);
        this.network = new SimNetwork(plan.faults().network(), scheduler, figures, this::node);
        this.bucket = new SimBucket(
                plan.faults().store(),
                scheduler,
                new SimBucket.SimWitness(invariants, figures, first, sabotage),
                name -> !network.isParted(name, BUCKET));
        this.clients = new SimClients(this);
        this.members = new SimMembers(plan);
        invariants.onGivenUp(clients::giveUpAfter);
    }

    void start() {
        nodes.values().forEach(SimNode::start);
        electors.values().forEach(SimElector::start);
        electors().getFirst().appoint();
    }

    /** The clocks of a machine. */
    SimClock newClock() {
        double drift = plan.drift() * (scheduler.random().nextDouble() * 2 - 1);
        return new SimClock(scheduler, 1 + drift, sabotage.measuresByWallClock());
    }

    List<SimElector> electors() {
        return new ArrayList<>(electors.values());
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

    /** The bucket, for one request of this node or elector. */
    SimBucket bucket(String asker) {
        return bucket.askedBy(asker);
    }

    SimNetwork network() {
        return network;
    }

    SimMembers members() {
        return members;
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

    /** Whom the register names, or named last. */
    SimNode primaryNode() {
        return node(bucket.register().primary());
    }

    /** The operator has the primary change who is a member; nothing comes of it while none serves. */
    void change(SimMembers.Change change) {
        SimPrimary primary = servingPrimary();
        if (primary != null && primary.takesWrites() && !primary.node().isFrozen()) {
            primary.sequencer().propose(change);
            primary.step(new PrimaryEvent.Tick(primary.now()));
        }
    }

    /** The operator asks every elector that is appointed to make another node primary. */
    void switchTo(String name) {
        trace.add("operator", "wants " + name);
        electors.values().stream().filter(SimElector::isAppointed).forEach(elector -> elector.switchTo(name));
    }

    /** The operator is shown what may be lost, and has this node made primary all the same. */
    void force(String name) {
        SimElector command = new SimElector("command", this);
        command.start();
        command.force(new SimOperator(this).waive(name));
        command.appoint();
    }

    /** The rule that configuration asks for. */
    SyncRule wanted() {
        return plan.rules().get(rule);
    }

    /** Configuration asks for the next rule; the primary reads it when it starts. */
    void reconfigure() {
        rule = (rule + 1) % plan.rules().size();
    }

    /** The primary that the register names, if it serves. */
    @Nullable
    SimPrimary servingPrimary() {
        SimPrimary primary = primaryNode().primary();
        return primary != null
                        && primary.isServing()
                        && Registers.isHeldBy(bucket.register(), primary.term(), primary.process())
                ? primary
                : null;
    }
}
