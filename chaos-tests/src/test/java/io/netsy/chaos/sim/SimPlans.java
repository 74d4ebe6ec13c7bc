package io.netsy.chaos.sim;

import io.netsy.chaos.sim.SimPlan.Faults;
import io.netsy.chaos.sim.SimPlan.Mishap;
import io.netsy.replication.core.Replication.BucketLoss;
import io.netsy.replication.core.Replication.Limits;
import io.netsy.replication.core.Replication.StandbyLoss;
import io.netsy.replication.core.SyncRule;
import io.netsy.replication.model.CommitLevel;
import io.netsy.replication.model.StandbyRule;
import io.netsy.replication.model.StandbyRule.Choice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Draws what a run is made of from its seed. */
final class SimPlans {
    private static final List<String> NAMES = List.of("node-a", "node-b", "node-c", "node-d", "node-e");

    private final Random random;

    private SimPlans(long seed) {
        this.random = new Random(seed * 31 + 17);
    }

    static SimPlan random(long seed) {
        return new SimPlans(seed).plan();
    }

    private SimPlan plan() {
        List<String> nodes = NAMES.subList(0, between(2, NAMES.size()));
        List<SyncRule> rules = new ArrayList<>();
        int howMany = chance(0.5) ? 1 : 2;
        for (int i = 0; i < howMany; i++) {
            rules.add(rule(nodes));
        }
        List<String> candidates = nodes.stream()
                .filter(name -> rules.stream().allMatch(rule -> canBeMet(rule, name, Set.copyOf(nodes))))
                .toList();
        Duration lease = chance(0.25) ? Duration.ofSeconds(1) : Duration.ZERO;
        StandbyLoss loss = chance(0.7) ? StandbyLoss.DEGRADE : StandbyLoss.BLOCK;
        BucketLoss bucketLoss = chance(0.25) ? BucketLoss.QUORUM : BucketLoss.STALL;
        int electors = between(1, 3);
        double drift = chance(0.5) ? 0.01 : 0;
        Limits limits = limits();
        Faults faults = faults();
        List<String> members =
                faults.mishaps().kinds().contains(Mishap.MEMBERSHIP) ? members(nodes, candidates) : nodes;
        return new SimPlan(nodes, members, rules, candidates, loss, bucketLoss, limits, lease, electors, drift, faults);
    }

    /** So many from the first on that one of them may lead. */
    private List<String> members(List<String> nodes, List<String> candidates) {
        int least = nodes.indexOf(candidates.getFirst()) + 1;
        return nodes.subList(0, between(least, nodes.size()));
    }

    private static boolean canBeMet(SyncRule rule, String primary, Set<String> nodes) {
        return rule.standbys().listFor(primary, nodes).size() >= rule.standbys().count();
    }

    /** A rule that the first node can meet. */
    private SyncRule rule(List<String> nodes) {
        CommitLevel level = pick(List.of(
                CommitLevel.QUORUM,
                CommitLevel.QUORUM,
                CommitLevel.QUORUM,
                CommitLevel.ON,
                CommitLevel.ON,
                CommitLevel.REMOTE_APPLY,
                CommitLevel.REMOTE_WRITE,
                CommitLevel.LOCAL));
        if (level == CommitLevel.LOCAL || chance(0.3)) {
            return new SyncRule(level, StandbyRule.ANYONE);
        }
        Choice choice = chance(0.3) ? Choice.FIRST : Choice.ANY;
        if (chance(0.4)) {
            return new SyncRule(level, new StandbyRule(choice, between(1, nodes.size() - 1), List.of()));
        }
        List<String> names = new ArrayList<>(nodes);
        Collections.shuffle(names, random);
        List<String> some = names.subList(0, between(2, nodes.size()));
        boolean hasFirst = some.contains(nodes.getFirst());
        int most = hasFirst ? some.size() - 1 : some.size();
        return new SyncRule(level, new StandbyRule(choice, between(1, most), some));
    }

    private Limits limits() {
        return new Limits(
                Duration.ofMillis(between(200, 3000)),
                Duration.ofMillis(between(200, 2000)),
                pick(List.of(200L, 1000L, 100_000L)),
                pick(List.of(0L, 500L, 3000L, 1_000_000L)),
                Duration.ofMillis(between(1, 1500)),
                pick(List.of(300L, 2000L, 1_000_000L)),
                pick(List.of(1000L, 5000L, 1_000_000L)),
                between(1, 4));
    }

    private Faults faults() {
        SimPlan.Network network = new SimPlan.Network(
                rate(0.05), rate(0.05), rate(0.05), SimScheduler.MILLI / 10, between(1, 40) * SimScheduler.MILLI);
        SimPlan.Store store = new SimPlan.Store(
                rate(0.1), rate(0.1), rate(0.1), 2 * SimScheduler.MILLI, between(5, 80) * SimScheduler.MILLI);
        SimPlan.Disk disk = new SimPlan.Disk(between(1, 100) * SimScheduler.MILLI, between(1, 50) * SimScheduler.MILLI);
        List<Mishap> mishaps = new ArrayList<>();
        for (Mishap mishap : Mishap.values()) {
            int times = between(0, 2);
            for (int i = 0; i < times; i++) {
                mishaps.add(mishap);
            }
        }
        long every = pick(List.of(500, 1500, 3000)) * SimScheduler.MILLI;
        return new Faults(network, store, disk, new SimPlan.Mishaps(mishaps, every), chance(0.3));
    }

    private double rate(double most) {
        return chance(0.4) ? 0 : random.nextDouble() * most;
    }

    private boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    /** Both ends included. */
    private int between(int min, int max) {
        return min + random.nextInt(max - min + 1);
    }

    private <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }
}
