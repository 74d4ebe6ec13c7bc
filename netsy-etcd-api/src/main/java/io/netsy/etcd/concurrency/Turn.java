package io.netsy.etcd.concurrency;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.netsy.etcd.proto.mvcc.KeyValue;
import io.netsy.etcd.proto.rpc.RangeResponse;
import io.netsy.etcd.rpc.ByteStrings;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A caller's wait until no key of a queue is older than its own. It costs no thread, and a key that goes wakes only the
 * one that stands right behind it:
 *
 * <ol>
 *   <li>look for the newest key that was created before mine; without one it is my turn;
 *   <li>wait for the end of that key, then look again.
 * </ol>
 */
final class Turn implements KeyEvents.EndWaiter {
    private final Place place;
    private final Client client;
    private final KeyEvents events;
    private final Executor executor;
    private final CompletableFuture<Void> come = new CompletableFuture<>();
    private KeyEvents.@Nullable Registration waiting;

    private Turn(Place place, Client client, KeyEvents events, Executor executor) {
        this.place = place;
        this.client = client;
        this.events = events;
        this.executor = executor;
    }

    /**
     * Completes when it is the caller's turn; fails when that can't be found out, or when {@code abandoned} completes
     * first.
     */
    static CompletableFuture<Void> await(
            Place place, Client client, CompletableFuture<Void> abandoned, KeyEvents events, Executor executor) {
        Turn turn = new Turn(place, client, events, executor);
        executor.execute(turn::look);
        var _ = abandoned.whenComplete((_, _) -> turn.abandon());
        return turn.come;
    }

    private void look() {
        if (!come.isDone()) {
            ByteString prefix = place.prefix();
            var _ = client.range(Queues.newestUpTo(prefix, place.createRevision() - 1))
                    .whenComplete((answer, failure) -> {
                        if (failure == null) {
                            looked(answer);
                        } else {
                            come.completeExceptionally(failure);
                        }
                    });
        }
    }

    private void looked(RangeResponse answer) {
        if (answer.getKvsCount() == 0) {
            come.complete(null);
        } else {
            KeyValue ahead = answer.getKvs(0);
            keep(events.awaitEnd(ByteStrings.toBytes(ahead.getKey()), ahead.getCreateRevision(), this));
        }
    }

    private void keep(KeyEvents.Registration registration) {
        synchronized (this) {
            waiting = registration;
        }
        if (come.isDone()) {
            registration.close();
        }
    }

    @Override
    public void ended() {
        executor.execute(this::look);
    }

    @Override
    public void failed(RuntimeException reason) {
        come.completeExceptionally(reason);
    }

    private void abandon() {
        come.completeExceptionally(Status.CANCELLED.asRuntimeException());
        KeyEvents.Registration registration;
        synchronized (this) {
            registration = waiting;
        }
        if (registration != null) {
            registration.close();
        }
    }
}
