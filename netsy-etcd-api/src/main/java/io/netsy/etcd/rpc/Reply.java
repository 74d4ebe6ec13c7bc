package io.netsy.etcd.rpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Where the one answer of a unary call goes; made on the handler's thread, answered on any.
 *
 * <p>A client that went away changes nothing: the answer is dropped, and what was sequenced for it stays.
 */
public final class Reply<T> {
    private final StreamObserver<T> observer;

    private Reply(StreamObserver<T> observer) {
        this.observer = observer;
    }

    public static <T> Reply<T> to(StreamObserver<T> observer) {
        if (observer instanceof ServerCallStreamObserver<T> call) {
            // Without a handler of its own, answering a cancelled call throws.
            call.setOnCancelHandler(() -> {});
        }
        return new Reply<>(observer);
    }

    /** Whether nobody waits for the answer any more. */
    public boolean isCancelled() {
        return observer instanceof ServerCallStreamObserver<T> call && call.isCancelled();
    }

    public void send(T answer) {
        observer.onNext(answer);
        observer.onCompleted();
    }

    public void fail(Throwable failure) {
        observer.onError(Failures.toStatus(failure).asRuntimeException());
    }

    /** Runs a handler's body; what it throws is the answer. */
    public void guard(Runnable body) {
        try {
            body.run();
        } catch (RuntimeException e) {
            fail(e);
        }
    }

    /** Answers with what the future comes to, on the thread that completes it. */
    public <R> void sendWhenDone(CompletableFuture<R> result, Function<? super R, T> toAnswer) {
        var _ = result.whenComplete((value, failure) -> guard(() -> {
            if (failure == null) {
                send(toAnswer.apply(value));
            } else {
                fail(failure);
            }
        }));
    }
}
