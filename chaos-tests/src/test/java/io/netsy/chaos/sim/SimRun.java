package io.netsy.chaos.sim;

import io.netsy.chaos.sim.SimFigures.Seen;
import java.util.List;

/** One run: a time of proposals, reads and mishaps, then one in which all must come together. */
final class SimRun {
    private static final long ENOUGH = 240 * SimScheduler.SECOND;

    private final SimCluster cluster;
    private final long seed;
    private final SimMishaps mishaps;
    private boolean clientsGo = true;
    private long lastWord;

    SimRun(SimPlan plan, long seed, Sabotage sabotage) {
        this.cluster = new SimCluster(plan, seed, sabotage);
        this.seed = seed;
        this.mishaps = new SimMishaps(cluster);
    }

    /** The run of a seed, which also says what it is made of. */
    static SimRun ofSeed(long seed) {
        return new SimRun(SimPlans.random(seed), seed, Sabotage.NONE);
    }

    /** The same with a fault planted. */
    static SimRun ofSeed(long seed, Sabotage sabotage) {
        return new SimRun(SimPlans.random(seed), seed, sabotage);
    }

    SimCluster cluster() {
        return cluster;
    }

    /** What happens in a run, from its start until all must come together. */
    interface Script {
        void play(SimCluster cluster);
    }

    /**
     * A time of proposals, reads and mishaps, then all must come together.
     *
     * @throws AssertionError with the seed and the last events, when an invariant broke
     */
    SimFigures run(long nanos) {
        return run(all -> {
            propose();
            read();
            mishaps.begin();
            if (cluster.sabotage().deletesTheRegister()) {
                cluster.scheduler().after(nanos / 2, () -> cluster.bucket().deleteRegister());
            }
            cluster.run(nanos);
        });
    }

    /** Follows a script, then all must come together. */
    SimFigures run(Script script) {
        try {
            cluster.start();
            script.play(cluster);
            converge();
            cluster.clients().audit();
            cluster.figures().count(Seen.EVENTS, cluster.scheduler().done());
            return cluster.figures();
        } catch (InvariantBroken | IllegalArgumentException | IllegalStateException broken) {
            throw new AssertionError(
                    "%s%nreplay with -Dsim.seed=%d; %s%n%s"
                            .formatted(broken.getMessage(), seed, cluster.plan(), cluster.trace()),
                    broken);
        }
    }

    private void propose() {
        SimScheduler scheduler = cluster.scheduler();
        if (clientsGo) {
            List<SimNode> nodes = cluster.nodes();
            for (SimNode node : nodes) {
                cluster.clients().propose(node);
            }
            boolean burst = scheduler.chance(0.6);
            scheduler.after(scheduler.between(1, (burst ? 20 : 600) * SimScheduler.MILLI), this::propose);
        }
    }

    private void read() {
        SimScheduler scheduler = cluster.scheduler();
        if (clientsGo) {
            List<SimNode> nodes = cluster.nodes();
            cluster.clients().read(nodes.get((int) scheduler.between(0, nodes.size())));
            scheduler.after(scheduler.between(1, SimScheduler.SECOND / 5), this::read);
        }
    }

    private void converge() {
        mishaps.end();
        clientsGo = false;
        long deadline = cluster.scheduler().now() + ENOUGH;
        while (!isSettled()) {
            if (cluster.scheduler().now() > deadline) {
                throw new InvariantBroken("STUCK: " + state());
            }
            if (cluster.bucket().hasRegister()
                    && !cluster.clients().isAcknowledged(lastWord)
                    && cluster.clients().allAnswered()) {
                lastWord = cluster.clients().propose(cluster.primaryNode());
            }
            cluster.nodes().forEach(cluster.clients()::read);
            cluster.run(SimScheduler.SECOND);
        }
    }

    private boolean isSettled() {
        if (!cluster.bucket().hasRegister()) {
            return false;
        }
        SimPrimary primary = cluster.servingPrimary();
        var end = cluster.invariants().declaredEnd();
        return primary != null
                && primary.takesWrites()
                && primary.isAsWanted()
                && cluster.clients().allAnswered()
                && cluster.clients().isAcknowledged(lastWord)
                && cluster.invariants().stored().equals(end)
                && cluster.nodes().stream()
                        .filter(node ->
                                cluster.members().knownAt(Long.MAX_VALUE).contains(node.name()))
                        .allMatch(node -> node.disk().applied().equals(end));
    }

    private String state() {
        StringBuilder text = new StringBuilder("register %s, bucket %s, committed %s"
                .formatted(
                        cluster.bucket().register(),
                        cluster.invariants().stored(),
                        cluster.invariants().declaredEnd()));
        for (SimNode node : cluster.nodes()) {
            text.append("%n%s: up %s, primary %s, file %s to %s, applied %s"
                    .formatted(
                            node.name(),
                            node.isUp(),
                            node.primary() != null,
                            node.disk().base(),
                            node.disk().end(),
                            node.disk().applied()));
        }
        return text.toString();
    }
}
