package io.netsy.bench.load;

import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import org.jspecify.annotations.Nullable;

/**
 * Work that sends one request and takes one answer; the same observer serves all operations of its client.
 *
 * @param <Q> the request
 * @param <R> the answer
 */
public abstract class UnaryWork<Q, R> implements Work, ClientResponseObserver<Q, R> {
    private final Slot slot;
    private @Nullable ClientCallStreamObserver<Q> call;
    private @Nullable R answer;

    protected UnaryWork(Slot slot) {
        this.slot = slot;
    }

    protected final Slot slot() {
        return slot;
    }

    /** Judges the answer and tells the slot. */
    protected abstract void handleAnswer(R received);

    /** Learns that it is unknown whether the operation was carried out, before the slot is told. */
    protected void handleUnknownOutcome() {}

    @Override
    public final void beforeStart(ClientCallStreamObserver<Q> requests) {
        call = requests;
    }

    @Override
    public final void onNext(R received) {
        answer = received;
    }

    @Override
    public final void onError(Throwable error) {
        call = null;
        answer = null;
        try {
            handleUnknownOutcome();
            slot.fail(Status.fromThrowable(error));
        } catch (RuntimeException | Error failure) {
            slot.abort(failure);
        }
    }

    @Override
    public final void onCompleted() {
        R received = answer;
        call = null;
        answer = null;
        try {
            if (received == null) {
                slot.violate("NoAnswer");
            } else {
                handleAnswer(received);
            }
        } catch (RuntimeException | Error failure) {
            slot.abort(failure);
        }
    }

    @Override
    public final void cancel() {
        if (call != null) {
            call.cancel("no answer within the timeout", null);
        }
    }
}
