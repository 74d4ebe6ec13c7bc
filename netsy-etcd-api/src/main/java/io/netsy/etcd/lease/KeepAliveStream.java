package io.netsy.etcd.lease;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.netsy.etcd.proto.rpc.LeaseKeepAliveRequest;
import io.netsy.etcd.proto.rpc.LeaseKeepAliveResponse;
import io.netsy.etcd.proto.rpc.ResponseHeader;
import io.netsy.etcd.rpc.Failures;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One client's stream of keepalives: one answer for each request, in order, one request at a time.
 *
 * <p>gRPC delivers no more requests than were asked for, so what waits here is bounded.
 */
final class KeepAliveStream implements StreamObserver<LeaseKeepAliveRequest> {
    private static final int READ_AHEAD = 64;

    private final ServerCallStreamObserver<LeaseKeepAliveResponse> client;
    private final LongFunction<CompletableFuture<Long>> renew;
    private final Supplier<ResponseHeader> header;
    private final Queue<LeaseKeepAliveRequest> waiting = new ArrayDeque<>();
    private boolean busy;
    private boolean halfClosed;
    private boolean ended;

    KeepAliveStream(
            StreamObserver<LeaseKeepAliveResponse> client,
            LongFunction<CompletableFuture<Long>> renew,
            Supplier<ResponseHeader> header) {
        this.client = (ServerCallStreamObserver<LeaseKeepAliveResponse>) client;
        this.renew = renew;
        this.header = header;
        this.client.disableAutoRequest();
        this.client.setOnCancelHandler(this::end);
        this.client.request(READ_AHEAD);
    }

    @Override
    public void onNext(LeaseKeepAliveRequest request) {
        synchronized (this) {
            if (busy) {
                waiting.add(request);
                return;
            }
            busy = true;
        }
        serve(request);
    }

    /** Answers a request and, on this thread, those after it, for as long as each is answered at once. */
    private void serve(LeaseKeepAliveRequest first) {
        for (LeaseKeepAliveRequest request = first; request != null; request = next()) {
            // Taken before the renewal: a lease that is revoked later must not seem renewed at that revision.
            ResponseHeader before = header.get();
            long id = request.getID();
            CompletableFuture<Long> renewal = renew(id);
            if (!renewal.isDone()) {
                var _ = renewal.whenComplete((ttl, failure) -> {
                    answer(id, before, renewal);
                    serveNext();
                });
                return;
            }
            answer(id, before, renewal);
        }
    }

    private CompletableFuture<Long> renew(long id) {
        try {
            return renew.apply(id);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void serveNext() {
        LeaseKeepAliveRequest request = next();
        if (request != null) {
            serve(request);
        }
    }

    private @Nullable LeaseKeepAliveRequest next() {
        boolean complete;
        synchronized (this) {
            LeaseKeepAliveRequest request = ended ? null : waiting.poll();
            if (request != null) {
                return request;
            }
            busy = false;
            complete = halfClosed && !ended;
            ended |= complete;
        }
        if (complete) {
            client.onCompleted();
        }
        return null;
    }

    private void answer(long id, ResponseHeader before, CompletableFuture<Long> renewal) {
        boolean failed = renewal.isCompletedExceptionally();
        synchronized (this) {
            if (ended) {
                return;
            }
            ended = failed;
        }
        if (failed) {
            client.onError(Failures.toStatus(renewal.exceptionNow()).asRuntimeException());
            return;
        }
        client.onNext(LeaseKeepAliveResponse.newBuilder()
                .setHeader(before)
                .setID(id)
                .setTTL(renewal.join())
                .build());
        client.request(1);
    }

    @Override
    public void onError(Throwable failure) {
        end();
    }

    @Override
    public void onCompleted() {
        boolean complete;
        synchronized (this) {
            halfClosed = true;
            complete = !busy && !ended;
            ended |= complete;
        }
        if (complete) {
            client.onCompleted();
        }
    }

    private synchronized void end() {
        ended = true;
        waiting.clear();
    }
}
