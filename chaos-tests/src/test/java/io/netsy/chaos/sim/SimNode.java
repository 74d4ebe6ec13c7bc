package io.netsy.chaos.sim;

import io.netsy.chaos.sim.SimFigures.Seen;
import io.netsy.replication.codec.Frame;
import io.netsy.replication.core.PeerMessage.FromPrimary;
import io.netsy.replication.core.PeerMessage.FromStandby;
import io.netsy.replication.core.PeerMessage.Identity;
import io.netsy.replication.model.LogPosition;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** One node: a disk that stays, and a process that comes and goes with one role at a time. */
final class SimNode implements SimNetwork.Endpoint {
    private static final long ROLE_PAUSE = 300 * SimScheduler.MILLI;

    private final String name;
    private final SimDisk disk;
    private final SimCluster cluster;
    private boolean up;
    private long frozenUntil;
    private Optional<String> stopped = Optional.empty();
    private @Nullable SimPrimary primary;
    private @Nullable SimStandby standby;

    /** What a node says when it is fenced: it follows no lower term from now on, and this is all it holds. */
    record Fenced(Identity identity, LogPosition base, List<Frame> frames) {}

    SimNode(String name, SimDisk disk, SimCluster cluster) {
        this.name = name;
        this.disk = disk;
        this.cluster = cluster;
    }

    String name() {
        return name;
    }

    SimDisk disk() {
        return disk;
    }

    Identity identity() {
        return new Identity(SimCluster.CLUSTER_ID, name, disk.id());
    }

    /** The process stands still for a while; what comes meanwhile it takes afterwards, in order. */
    void freeze(long nanos) {
        cluster.trace().add(name, "freezes for %d ms".formatted(nanos / SimScheduler.MILLI));
        frozenUntil = Math.max(frozenUntil, cluster.scheduler().now() + nanos);
    }

    boolean isFrozen() {
        return cluster.scheduler().now() < frozenUntil;
    }

    void whenAwake(Runnable action) {
        if (isFrozen()) {
            cluster.scheduler().at(frozenUntil, () -> whenAwake(action));
        } else {
            action.run();
        }
    }

    boolean isUp() {
        return up;
    }

    @Nullable
    SimPrimary primary() {
        return primary;
    }

    @Nullable
    SimStandby standby() {
        return standby;
    }

    /** What its standby reported as flushed. */
    long reportedFlushed() {
        return standby == null ? 0 : standby.reportedFlushed();
    }

    void start() {
        up = true;
        assumeRole();
    }

    /** Takes the role that configuration names. */
    void assumeRole() {
        endRole();
        disk.flushAll();
        noteDurable(0);
        if (name.equals(cluster.primaryName())) {
            primary = new SimPrimary(this, cluster);
            primary.start();
        } else {
            standby = new SimStandby(this, cluster);
            standby.start();
        }
    }

    private void endRole() {
        if (primary != null) {
            primary.end();
            primary = null;
        }
        if (standby != null) {
            standby.end();
            standby = null;
        }
        cluster.network().gone(name);
    }

    /** A primary's term is over; the process goes on in the role that configuration names. */
    void termEnded(SimPrimary ended, String reason) {
        cluster.trace().add(name, "term ended: " + reason);
        if (primary == ended) {
            endRole();
            cluster.scheduler().after(ROLE_PAUSE, this::maybeAssumeRole);
        }
    }

    private void maybeAssumeRole() {
        if (up && primary == null && standby == null) {
            assumeRole();
        }
    }

    /** The process dies, and the machine with it. */
    void crash() {
        cluster.trace().add(name, "crashes");
        cluster.figures().count(Seen.CRASHES);
        up = false;
        frozenUntil = 0;
        endRole();
        disk.crash(cluster.scheduler().random());
    }

    /** The process ends itself: what it found is for a person to look at. */
    void stop(String reason) {
        cluster.trace().add(name, "stops: " + reason);
        up = false;
        endRole();
        stopped = Optional.of(reason);
    }

    /** Why the process ended itself, if it did. */
    Optional<String> stopped() {
        return stopped;
    }

    /** The process dies, and its disk is lost. */
    void loseDisk() {
        crash();
        cluster.figures().count(Seen.WIPES);
        disk.wipe(cluster.scheduler().newId());
    }

    /** A flush that began at an end of the file is done. */
    void flushEnded(LogPosition upTo, int cutsThen) {
        long before = disk.flushedIndex();
        disk.flushed(upTo, cutsThen);
        noteDurable(before);
    }

    private void noteDurable(long beyond) {
        List<Frame> durable = disk.after(disk.base()).orElseThrow().stream()
                .filter(frame -> frame.lastIndex() > beyond && frame.lastIndex() <= disk.flushedIndex())
                .toList();
        cluster.invariants().durable(disk.id(), disk.base(), durable);
    }

    /** Follows no lower term from now on, and says what it holds; null when it can't promise. */
    @Nullable
    Fenced fence(long term) {
        if (!up || isFrozen() || term < disk.promisedTerm() || (primary != null && primary.term() >= term)) {
            return null;
        }
        if (term > disk.promisedTerm() || primary != null) {
            endRole();
            disk.promise(term);
            disk.flushAll();
            noteDurable(0);
            standby = new SimStandby(this, cluster);
            standby.start();
        }
        if (standby == null || standby.isRebuilding()) {
            return null;
        }
        disk.flushAll();
        noteDurable(0);
        return new Fenced(identity(), disk.base(), disk.after(disk.base()).orElseThrow());
    }

    /** A linearizable read; answers with the index of the state that it shows. */
    void read(LongConsumer shown) {
        if (isFrozen()) {
            return;
        }
        if (primary != null) {
            primary.reads().read(shown);
        } else if (standby != null) {
            standby.read(shown);
        }
    }

    @Override
    public void heard(long stream, FromStandby message) {
        whenAwake(() -> {
            if (primary != null) {
                primary.heard(stream, message);
            }
        });
    }

    @Override
    public void heard(long stream, FromPrimary message) {
        whenAwake(() -> {
            if (standby != null) {
                standby.heard(stream, message);
            }
        });
    }

    @Override
    public void closed(long stream) {
        whenAwake(() -> {
            if (primary != null) {
                primary.closed(stream);
            }
            if (standby != null) {
                standby.closed(stream);
            }
        });
    }
}
