package io.netsy.node.wiring;

import io.netsy.etcd.port.Proposer;
import io.netsy.etcd.port.StateSource;
import io.netsy.node.primary.PrimaryTerm;
import io.netsy.node.primary.ReplicationView;
import io.netsy.node.standby.Standby;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a node is to its services while it is primary or standby.
 *
 * @param serving completes when requests are answered
 * @param readLeaseLeft how long linearizable reads may go on without asking
 * @param replication how the standbys stand; null on a node that has none
 */
record Role(
        Proposer proposer,
        StateSource states,
        CompletableFuture<Void> serving,
        Supplier<Duration> readLeaseLeft,
        Supplier<@Nullable ReplicationView> replication) {

    static Role of(PrimaryTerm term) {
        return new Role(
                term.proposer(),
                term.states(),
                term.serving(),
                () -> term.sequencer().readLeaseLeft(),
                () -> term.sequencer().replication());
    }

    static Role of(Standby standby) {
        return new Role(standby.proposer(), standby.states(), standby.serving(), () -> Duration.ZERO, () -> null);
    }
}
