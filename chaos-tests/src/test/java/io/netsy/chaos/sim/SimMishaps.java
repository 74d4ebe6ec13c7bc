package io.netsy.chaos.sim;

import io.netsy.chaos.sim.SimPlan.Mishap;
import io.netsy.replication.core.PeerMessage.Identity;
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
        SimNode node = scheduler.chance(0.5) ? cluster.primaryNode() : pick(cluster.nodes());
        switch (mishap) {
            case CRASH -> {
                if (node.isUp()) {
                    node.crash();
                    restart(node);
                }
            }
            case FREEZE -> node.freeze(scheduler.between(SimScheduler.SECOND / 10, 6 * SimScheduler.SECOND));
            case CUT -> cluster.network().cut(node.name());
            case PARTITION -> part(node.name(), pick(cluster.nodes()).name());
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
            case SWITCH -> cluster.appoint(pick(cluster.plan().candidates()));
            case RECONFIGURE -> cluster.reconfigure();
        }
    }

    /** Two disks are not lost at once: the promise of one standby's word is for one. */
    private boolean everyDiskCounts() {
        Set<Identity> voters = cluster.bucket().register().voters();
        return cluster.servingPrimary() != null
                && cluster.nodes().stream().allMatch(node -> voters.contains(node.identity()));
    }

    private void restart(SimNode node) {
        scheduler.after(scheduler.between(SimScheduler.SECOND / 10, 4 * SimScheduler.SECOND), () -> {
            if (!node.isUp()) {
                node.start();
            }
        });
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
            boolean appointed = node.name().equals(cluster.primaryName());
            if (!node.isUp()) {
                node.start();
            } else if (appointed != (node.primary() != null)) {
                node.assumeRole();
            }
        }
        scheduler.after(2 * SimScheduler.SECOND, this::supervise);
    }
}
