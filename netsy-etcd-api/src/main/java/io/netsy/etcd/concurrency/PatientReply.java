package io.netsy.etcd.concurrency;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.netsy.etcd.rpc.Failures;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Where the one answer of a call goes that may wait for long. Whoever works for it learns when its client has left.
 *
 * <p>Failures keep etcd's text, but their code is UNKNOWN: etcd's lock and election services pass on what its client
 * library says, which has no code (etcd semantics, sections 13 and 14).
 */
public final class PatientReply<T> {
    private final StreamObserver<T> observer;
    private final CompletableFuture<Void> abandoned = new CompletableFuture<>();

    private PatientReply(StreamObserver<T> observer) {
        this.observer = observer;
    }

    public static <T> PatientReply<T> to(StreamObserver<T> observer) {
        PatientReply<T> reply = new PatientReply<>(observer);
        if (observer instanceof ServerCallStreamObserver<T> call) {
            call.setOnCancelHandler(() -> reply.abandoned.complete(null));
        }
        return reply;
    }

    /** Completes when the client has left before it got its answer. */
    public CompletableFuture<Void> abandoned() {
        return abandoned;
    }

    /** Sends what the work comes to. */
    public void send(Supplier<CompletableFuture<T>> work) {
        CompletableFuture<T> result;
        try {
            result = work.get();
        } catch (RuntimeException failure) {
            result = CompletableFuture.failedFuture(failure);
        }
        var _ = result.whenComplete((answer, failure) -> {
            if (failure == null) {
                observer.onNext(answer);
                observer.onCompleted();
            } else {
                observer.onError(unknown(failure).asRuntimeException());
            }
        });
    }

    static Status unknown(Throwable failure) {
        return Status.UNKNOWN.withDescription(Failures.toStatus(failure).getDescription());
    }
}
