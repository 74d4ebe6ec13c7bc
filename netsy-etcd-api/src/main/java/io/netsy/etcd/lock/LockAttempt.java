package io.netsy.etcd.lock;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.netsy.etcd.concurrency.Client;
import io.netsy.etcd.concurrency.Place;
import io.netsy.etcd.concurrency.Queues;
import io.netsy.etcd.concurrency.Turns;
import io.netsy.etcd.proto.lock.LockRequest;
import io.netsy.etcd.proto.lock.LockResponse;
import io.netsy.etcd.proto.rpc.RangeRequest;
import io.netsy.etcd.proto.rpc.RangeResponse;
import io.netsy.etcd.proto.rpc.RequestOp;
import io.netsy.etcd.proto.rpc.ResponseHeader;
import java.util.concurrent.CompletableFuture;

/**
 * One call of Lock (etcd semantics, section 13):
 *
 * <ol>
 *   <li>take the lease that the caller named, or a new one;
 *   <li>take a place in the lock's queue, or the one that the lease has already, and read who is the oldest;
 *   <li>if that is the client, the lock is held;
 *   <li>else wait for one's turn, and see that the own key is still there: the lease may have ended meanwhile.
 * </ol>
 *
 * <p>An attempt that fails or is abandoned while it waits takes its key back.
 */
final class LockAttempt {
    private static final String SESSION_EXPIRED = "mutex: session is expired";

    private final LockRequest request;
    private final Client client;
    private final Turns turns;
    private final CompletableFuture<Void> abandoned;

    LockAttempt(LockRequest request, Client client, Turns turns, CompletableFuture<Void> abandoned) {
        this.request = request;
        this.client = client;
        this.turns = turns;
        this.abandoned = abandoned;
    }

    CompletableFuture<LockResponse> run() {
        return client.leaseOrNew(request.getLease()).thenCompose(this::enter).thenCompose(this::acquire);
    }

    private CompletableFuture<Place> enter(long lease) {
        if (abandoned.isDone()) {
            return CompletableFuture.failedFuture(Status.CANCELLED.asRuntimeException());
        }
        ByteString prefix = Queues.prefix(request.getName());
        ByteString key = Queues.key(prefix, lease);
        RequestOp oldest =
                RequestOp.newBuilder().setRequestRange(Queues.oldest(prefix)).build();
        return client.txn(Queues.enter(key, ByteString.EMPTY, lease)
                        .addSuccess(oldest)
                        .addFailure(oldest)
                        .build())
                .thenApply(entered -> Place.of(prefix, key, entered));
    }

    private CompletableFuture<LockResponse> acquire(Place place) {
        if (isOldest(place)) {
            return CompletableFuture.completedFuture(held(place, place.entered().getHeader()));
        }
        return turns.await(place, client, abandoned)
                .thenCompose(_ -> client.range(
                        RangeRequest.newBuilder().setKey(place.key()).build()))
                .thenApply(own -> confirmed(place, own))
                .exceptionallyCompose(
                        failure -> leave(place).thenCompose(_ -> CompletableFuture.failedFuture(failure)));
    }

    /** Whether the queue's oldest key, which the entering transaction read last, is the caller's. */
    private static boolean isOldest(Place place) {
        RangeResponse oldest = place.entered().getResponses(1).getResponseRange();
        return oldest.getKvsCount() == 0 || oldest.getKvs(0).getCreateRevision() == place.createRevision();
    }

    private static LockResponse confirmed(Place place, RangeResponse own) {
        if (own.getKvsCount() == 0) {
            throw Status.UNKNOWN.withDescription(SESSION_EXPIRED).asRuntimeException();
        }
        return held(place, own.getHeader());
    }

    private static LockResponse held(Place place, ResponseHeader header) {
        return LockResponse.newBuilder().setHeader(header).setKey(place.key()).build();
    }

    /** Completes when the key is gone, or when nothing more can be done about it: then its lease's end takes it. */
    private CompletableFuture<Boolean> leave(Place place) {
        return client.txn(Queues.leave(place.key(), place.createRevision())).handle((_, failure) -> failure == null);
    }
}
