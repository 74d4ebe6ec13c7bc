package io.netsy.etcd.concurrency;

import io.grpc.Context;
import io.grpc.stub.StreamObserver;
import io.netsy.etcd.proto.rpc.DeleteRangeRequest;
import io.netsy.etcd.proto.rpc.DeleteRangeResponse;
import io.netsy.etcd.proto.rpc.KVGrpc;
import io.netsy.etcd.proto.rpc.LeaseGrantRequest;
import io.netsy.etcd.proto.rpc.LeaseGrantResponse;
import io.netsy.etcd.proto.rpc.LeaseGrpc;
import io.netsy.etcd.proto.rpc.RangeRequest;
import io.netsy.etcd.proto.rpc.RangeResponse;
import io.netsy.etcd.proto.rpc.TxnRequest;
import io.netsy.etcd.proto.rpc.TxnResponse;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;

/**
 * A client on whose behalf KV and Lease calls are made. Safe for any thread; no method blocks.
 *
 * <p>Answers may complete on the committing thread. They fail with the status that the client itself would get.
 */
public final class Client {
    /** The time to live of a lease that the server grants for a caller who named none (etcd semantics, section 13). */
    private static final long DEFAULT_TTL_SECONDS = 60;

    private final KVGrpc.AsyncService keys;
    private final LeaseGrpc.AsyncService leases;
    private final Context context;

    Client(KVGrpc.AsyncService keys, LeaseGrpc.AsyncService leases, Context context) {
        this.keys = keys;
        this.leases = leases;
        this.context = context;
    }

    /** A range read. */
    public CompletableFuture<RangeResponse> range(RangeRequest request) {
        return call(keys::range, request);
    }

    /** A transaction. */
    public CompletableFuture<TxnResponse> txn(TxnRequest request) {
        return call(keys::txn, request);
    }

    /** A deletion. */
    public CompletableFuture<DeleteRangeResponse> delete(DeleteRangeRequest request) {
        return call(keys::deleteRange, request);
    }

    /** The lease that the caller named, or a new one of 60 s, which nobody keeps alive, where that is 0. */
    public CompletableFuture<Long> leaseOrNew(long named) {
        if (named != 0) {
            return CompletableFuture.completedFuture(named);
        }
        LeaseGrantRequest request =
                LeaseGrantRequest.newBuilder().setTTL(DEFAULT_TTL_SECONDS).build();
        return call(leases::leaseGrant, request).thenApply(LeaseGrantResponse::getID);
    }

    private <Q, R> CompletableFuture<R> call(BiConsumer<Q, StreamObserver<R>> handler, Q request) {
        CompletableFuture<R> answer = new CompletableFuture<>();
        context.run(() -> handler.accept(request, new Answer<>(answer)));
        return answer;
    }

    /** Takes a handler's one answer. */
    private record Answer<R>(CompletableFuture<R> future) implements StreamObserver<R> {
        @Override
        public void onNext(R answer) {
            future.complete(answer);
        }

        @Override
        public void onError(Throwable failure) {
            future.completeExceptionally(failure);
        }

        @Override
        public void onCompleted() {}
    }
}
