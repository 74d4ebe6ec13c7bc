package io.netsy.bench.cluster;

import io.netsy.bench.lab.RunningServer;
import io.netsy.bench.load.Endpoint;
import java.util.List;
import java.util.Set;

/** The nodes of a cluster at which clients are; the first of its nodes is the primary, or etcd's leader. */
enum Place {
    /** Spread over all nodes. */
    EVERYWHERE,
    /** All at the primary. */
    PRIMARY,
    /** Spread over the others. */
    STANDBYS;

    Set<Endpoint> endpointsOf(RunningServer cluster) {
        List<Endpoint> all = cluster.endpoints();
        return Set.copyOf(
                switch (this) {
                    case EVERYWHERE -> all;
                    case PRIMARY -> all.subList(0, 1);
                    case STANDBYS -> all.subList(1, all.size());
                });
    }
}
