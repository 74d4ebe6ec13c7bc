package io.netsy.node.wiring;

import io.netsy.elector.term.TermRegister.Claimant;
import io.netsy.node.archive.LogArchive;
import io.netsy.node.archive.LogRetention;
import io.netsy.node.archive.SnapshotArchive;
import io.netsy.node.primary.GatherSettings;
import io.netsy.node.primary.PrimaryMeters;
import io.netsy.node.primary.PrimaryTerm;
import io.netsy.node.primary.TermListener;
import io.netsy.node.recovery.Recovery;
import io.netsy.node.replica.Replica;
import io.netsy.node.term.ObjectRegisterStorage;
import io.netsy.replication.model.Bytes;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a node's roles are made from and what they are for.
 *
 * @param found what a start found, on which the first role is begun
 * @param current gets each role
 */
record RoleParts(
        Node.Parts node, Found found, NodeServices services, NodeThreads threads, CurrentTerm current, Meters meters) {
    private static final int MAX_FRAME_BYTES = 4 << 20;
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

    /**
     * What a start found.
     *
     * @param others the other nodes; null for a node alone
     * @param election this node's part in electing; null when nothing is elected
     */
    record Found(
            Claimant claimant,
            LogArchive archive,
            SnapshotArchive snapshots,
            Recovery recovery,
            @Nullable Cluster others,
            @Nullable Election election) {}

    /** What counts what roles do. */
    record Meters(PrimaryMeters primary, HousekeepingMeters housekeeping) {}

    Replica replica() {
        return found.recovery().replica();
    }

    ObjectRegisterStorage register() {
        return new ObjectRegisterStorage(node.store().store());
    }

    /** What a term of this node is opened with. */
    PrimaryTerm.Setup forTerm(TermListener listener) {
        var config = node.config();
        Cluster others = found.others();
        GatherSettings gather = new GatherSettings(
                config.commit().delay(),
                config.commit().delayPrefixes().stream().map(Bytes::utf8).toList(),
                MAX_FRAME_BYTES);
        return new PrimaryTerm.Setup(
                found.claimant(),
                register(),
                found.archive(),
                node.clock(),
                new ReplicaLog(replica()),
                new PrimaryTerm.Observers(
                        services.commitListeners(), listener, node.metrics().stages(), meters.primary()),
                new PrimaryTerm.Settings(
                        config.lease().readLease(), gather, config.limits().requestTimeout(), CLOSE_TIMEOUT),
                others == null ? null : others.forTerm(found.archive(), threads));
    }

    /** What a primary does beside serving. */
    Housekeeping housekeeping(PrimaryTerm term) {
        return new Housekeeping(
                node.config(),
                node.clock(),
                new Housekeeping.Subjects(
                        replica(),
                        found.snapshots(),
                        new LogRetention(
                                node.store().store(),
                                found.archive(),
                                node.config().retention().log()),
                        term,
                        meters.housekeeping()),
                node.metrics()::replayBytes);
    }
}
