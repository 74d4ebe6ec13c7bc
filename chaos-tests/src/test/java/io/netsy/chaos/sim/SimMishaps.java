package io.netsy.chaos.sim;

import io.netsy.chaos.sim.SimPlan.Mishap;
import io.netsy.elector.term.TermRegister;
import io.netsy.replication.core.Membership;
import io.netsy.replication.core.PeerMessage.Identity;
import io.netsy.replication.model.CommitLevel;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What goes wrong with nodes and cluster, one thing after the other, while it is time for that. */
final class SimMishaps {
    private final SimCluster cluster;
    private final SimScheduler scheduler;
    private boolean over;

    SimMishaps(SimCluster cluster) {
        this.cluster = cluster;
        this.scheduler = cluster.scheduler();
    }

    void begin() {
        if (!cluster.plan().faults().mishaps().kinds().isEmpty()) {
            scheduler.after(
                    scheduler.between(
                            SimScheduler.SECOND / 10,
                            cluster.plan().faults().mishaps().everyNanos()),
                    this::next);
        }
    }

    private void next() {
        if (!over) {
            happen(pick(cluster.plan().faults().mishaps().kinds()));
            begin();
        }
    }

    private <T> T pick(List<T> from) {
        return from.get((int) scheduler.between(0, from.size()));
    }

    private void happen(Mishap mishap) {
        boolean isPrimarys = scheduler.chance(0.5) && cluster.bucket().hasRegister();
        SimNode node = isPrimarys ? cluster.primaryNode() : pick(cluster.nodes());
        switch (mishap) {
            case CRASH -> {
                if (node.isUp()) {
                    node.crash();
                    restart(node);
                }
            }
            case FREEZE -> {
                long nanos = scheduler.between(SimScheduler.SECOND / 10, 6 * SimScheduler.SECOND);
                node.freeze(nanos);
                scheduler.after(nanos, () -> cluster.clients().read(node));
            }
            case CUT -> cluster.network().cut(node.name());
            case PARTITION -> part(node.name(), pick(everybody()));
            case SPLIT -> split();
            case OUTAGE -> {
                cluster.trace().add("bucket", "answers nobody");
                cluster.bucket().outage(scheduler.between(SimScheduler.SECOND / 2, 5 * SimScheduler.SECOND));
            }
            case WIPE -> {
                if (node.isUp() && everyDiskCounts()) {
                    node.loseDisk();
                    restart(node);
                }
            }
            case SWITCH -> cluster.switchTo(pick(cluster.plan().candidates()));
            case ELECTOR -> befall(pick(cluster.electors()));
            case CLOCK -> {
                cluster.trace().add(node.name(), "its wall clock is set");
                node.clock().set(scheduler.between(-8 * SimScheduler.SECOND, 8 * SimScheduler.SECOND));
            }
            case RECONFIGURE -> cluster.reconfigure();
            case MEMBERSHIP -> changeMembers(node);
        }
    }

    /** A voter goes, a learner is promoted or goes, a stranger comes. */
    private void changeMembers(SimNode node) {
        SimMembers members = cluster.members();
        Membership now = members.knownAt(Long.MAX_VALUE);
        boolean goes =
                now.voting().contains(node.name()) || (now.learners().contains(node.name()) && scheduler.chance(0.3));
        cluster.trace().add("operator", "%s %s".formatted(goes ? "removes" : "adds or promotes", node.name()));
        cluster.change(
                goes
                        ? members.remove(node.name(), cluster.plan().candidates())
                        : members.put(node.name(), !now.contains(node.name()) && scheduler.chance(0.5)));
    }

    /**
     * Two disks are not lost at once: the promise of one standby's word is for one. At quorum the only voter's word is the
     * only one that there is, as with etcd's only member.
     */
    private boolean everyDiskCounts() {
        if (!cluster.bucket().hasRegister()) {
            return false;
        }
        TermRegister register = cluster.bucket().register();
        Set<Identity> voters = Registers.voters(register);
        return cluster.servingPrimary() != null
                && (voters.size() > 1 || register.level() != CommitLevel.QUORUM)
                && cluster.nodes().stream()
                        .filter(node -> isVoting(node.name()))
                        .allMatch(node -> voters.contains(node.identity()))
                && voters.stream().allMatch(voter -> isVoting(voter.nodeId()));
    }

    private boolean isVoting(String node) {
        return cluster.members().knownAt(Long.MAX_VALUE).voting().contains(node);
    }

    private List<String> everybody() {
        List<String> names = new ArrayList<>();
        cluster.nodes().forEach(node -> names.add(node.name()));
        cluster.electors().forEach(elector -> names.add(elector.name()));
        names.add(SimCluster.BUCKET);
        return names;
    }

    /** Electors come and go, stand still, and are appointed one beside the other or not at all. */
    private void befall(SimElector elector) {
        switch ((int) scheduler.between(0, 4)) {
            case 0 -> {
                if (elector.isUp()) {
                    elector.crash();
                    scheduler.after(scheduler.between(SimScheduler.SECOND / 10, 4 * SimScheduler.SECOND), () -> {
                        if (!elector.isUp()) {
                            elector.start();
                        }
                    });
                }
            }
            case 1 -> elector.freeze(scheduler.between(SimScheduler.SECOND / 10, 6 * SimScheduler.SECOND));
            case 2 -> elector.appoint();
            default -> {
                elector.dismiss();
                scheduler.after(
                        scheduler.between(SimScheduler.SECOND / 10, 4 * SimScheduler.SECOND),
                        () -> pick(cluster.electors()).appoint());
            }
        }
    }

    private void restart(SimNode node) {
        scheduler.after(scheduler.between(SimScheduler.SECOND / 10, 4 * SimScheduler.SECOND), () -> {
            if (!node.isUp()) {
                node.start();
            }
        });
    }

    private void split() {
        List<String> here = new ArrayList<>();
        List<String> there = new ArrayList<>();
        everybody().forEach(name -> (scheduler.chance(0.5) ? here : there).add(name));
        cluster.trace().add("network", "splits into %s and %s".formatted(here, there));
        here.forEach(one -> there.forEach(other -> cluster.network().part(one, other)));
        scheduler.after(
                scheduler.between(SimScheduler.SECOND / 2, 8 * SimScheduler.SECOND),
                () -> here.forEach(
                        one -> there.forEach(other -> cluster.network().join(one, other))));
    }

    private void part(String a, String b) {
        if (!a.equals(b)) {
            cluster.trace().add("network", "parts " + a + " and " + b);
            cluster.network().part(a, b);
            scheduler.after(
                    scheduler.between(SimScheduler.SECOND / 2, 8 * SimScheduler.SECOND),
                    () -> cluster.network().join(a, b));
        }
    }

    /** Nothing goes wrong from here on, and the operator looks after each node's role. */
    void end() {
        over = true;
        cluster.trace().add("operator", "no more mishaps");
        cluster.network().heal();
        cluster.bucket().heal();
        supervise();
    }

    private void supervise() {
        for (SimNode node : cluster.nodes()) {
            if (!node.isUp()) {
                node.start();
            }
        }
        SimElector first = cluster.electors().getFirst();
        for (SimElector elector : cluster.electors()) {
            if (!elector.isUp()) {
                elector.start();
            }
            if (elector != first && elector.isAppointed()) {
                elector.dismiss();
            }
        }
        if (!first.isAppointed()) {
            first.appoint();
        }
        scheduler.after(2 * SimScheduler.SECOND, this::supervise);
    }
}
