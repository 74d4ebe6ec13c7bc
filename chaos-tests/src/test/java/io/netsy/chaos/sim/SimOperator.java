package io.netsy.chaos.sim;

import io.netsy.elector.election.PossibleLoss;
import io.netsy.elector.election.Waiver;
import io.netsy.replication.core.ElectorMessage.Tail;
import io.netsy.replication.model.LogPosition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** An operator who gives nodes up: he is shown what may be lost, and says that it may be. */
final class SimOperator {
    private final SimCluster cluster;

    SimOperator(SimCluster cluster) {
        this.cluster = cluster;
    }

    /** What he says after he was shown what is there at the moment. */
    Waiver waive(String node) {
        LogPosition tip = cluster.bucket().walkNow().tip();
        List<Tail> tails = new ArrayList<>();
        for (SimNode present : cluster.nodes()) {
            if (present.isUp()) {
                tails.add(new Tail(present.identity(), 0, tip, present.disk().tailAfter(tip)));
            }
        }
        Set<String> names = tails.stream().map(tail -> tail.identity().nodeId()).collect(Collectors.toSet());
        LogPosition end = PossibleLoss.end(tip, tails);
        cluster.trace().add("operator", "gives up what is behind %s, sees %s".formatted(end, names));
        return new Waiver(cluster.bucket().register().nonce(), node, names, end, "operator", Instant.EPOCH);
    }
}
