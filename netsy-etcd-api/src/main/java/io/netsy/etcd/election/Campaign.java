package io.netsy.etcd.election;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.netsy.etcd.concurrency.Client;
import io.netsy.etcd.concurrency.Place;
import io.netsy.etcd.concurrency.Queues;
import io.netsy.etcd.concurrency.Turns;
import io.netsy.etcd.proto.election.CampaignRequest;
import io.netsy.etcd.proto.election.CampaignResponse;
import io.netsy.etcd.proto.election.LeaderKey;
import java.util.concurrent.CompletableFuture;

/**
 * One call of Campaign (etcd semantics, section 14):
 *
 * <ol>
 *   <li>take the lease that the caller named, or a new one;
 *   <li>take a place in the election's queue with the proposed value; on a place that the lease has already, proclaim
 *       the value if it is another one;
 *   <li>wait until that place is the oldest.
 * </ol>
 *
 * <p>A campaign that is abandoned while it waits resigns. As in etcd, it is not looked at whether the own key outlived
 * the wait: the leader's next proclamation tells.
 */
final class Campaign {
    private final CampaignRequest request;
    private final Client client;
    private final Turns turns;
    private final CompletableFuture<Void> abandoned;

    Campaign(CampaignRequest request, Client client, Turns turns, CompletableFuture<Void> abandoned) {
        this.request = request;
        this.client = client;
        this.turns = turns;
        this.abandoned = abandoned;
    }

    CompletableFuture<CampaignResponse> run() {
        return client.leaseOrNew(request.getLease()).thenCompose(this::run);
    }

    private CompletableFuture<CampaignResponse> run(long lease) {
        if (abandoned.isDone()) {
            return CompletableFuture.failedFuture(Status.CANCELLED.asRuntimeException());
        }
        ByteString prefix = Queues.prefix(request.getName());
        ByteString key = Queues.key(prefix, lease);
        return client.txn(Queues.enter(key, request.getValue(), lease).build())
                .thenApply(entered -> Place.of(prefix, key, entered))
                .thenCompose(place -> propose(place, lease))
                .thenCompose(this::win)
                .thenApply(place -> won(place, lease));
    }

    private CompletableFuture<Place> propose(Place place, long lease) {
        boolean proposed =
                place.entered().getSucceeded() || place.found().getValue().equals(request.getValue());
        if (proposed) {
            return CompletableFuture.completedFuture(place);
        }
        LeaderKey leader = leaderKey(place, lease);
        return Proclamations.proclaim(client, leader, lease, request.getValue())
                .thenApply(_ -> place)
                .exceptionallyCompose(failure -> resignFor(place, failure));
    }

    private CompletableFuture<Place> win(Place place) {
        return turns.await(place, client, abandoned)
                .thenApply(_ -> place)
                .exceptionallyCompose(failure ->
                        abandoned.isDone() ? resignFor(place, failure) : CompletableFuture.failedFuture(failure));
    }

    private CompletableFuture<Place> resignFor(Place place, Throwable failure) {
        return client.txn(Queues.leave(place.key(), place.createRevision()))
                .handle((_, _) -> failure)
                .thenCompose(CompletableFuture::failedFuture);
    }

    private CampaignResponse won(Place place, long lease) {
        return CampaignResponse.newBuilder()
                .setHeader(place.entered().getHeader())
                .setLeader(leaderKey(place, lease))
                .build();
    }

    private LeaderKey leaderKey(Place place, long lease) {
        return LeaderKey.newBuilder()
                .setName(request.getName())
                .setKey(place.key())
                .setRev(place.createRevision())
                .setLease(lease)
                .build();
    }
}
