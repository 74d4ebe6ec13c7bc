package io.netsy.etcd.port;

import io.grpc.Status;
import java.util.concurrent.CompletableFuture;

/** Has another member made primary. Safe for any thread; never blocks. */
@FunctionalInterface
public interface LeaderTransfer {
    /** Where nobody can be made primary by request. */
    LeaderTransfer NONE = target -> CompletableFuture.failedFuture(Status.UNIMPLEMENTED
            .withDescription(
                    "this node can't hand over to another one: there is none, or cluster.primary names the primary")
            .asRuntimeException());

    /**
     * Hands over to another member. Completes when that one is primary, and fails with a status when it is not in time.
     *
     * @param target a member, not this one
     */
    CompletableFuture<Void> moveTo(ClusterView.Member target);
}
