package io.netsy.etcd.kv;

import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.port.CommittedState;
import io.netsy.etcd.port.Ports;
import io.netsy.etcd.port.RevisionStore;
import io.netsy.etcd.port.StateSource;
import io.netsy.etcd.rpc.Reply;
import io.netsy.etcd.state.StoreState;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * The runner of reads: on the spot when memory has all that is needed and it is little, else on an executor that may
 * block.
 *
 * <p>A compaction may take a value while the read is on its way to it. Then the read starts over on the newest state,
 * which answers "compacted" or has the value of a newer revision.
 */
final class Reads {
    private final StateSource states;
    private final RevisionStore revisions;
    private final int maxInlineKeys;
    private final Executor blocking;

    Reads(Ports ports, int maxInlineKeys, Executor blocking) {
        this.states = ports.states();
        this.revisions = ports.revisions();
        this.maxInlineKeys = maxInlineKeys;
        this.blocking = blocking;
    }

    /** What a read answers from a view; runs more than once if it has to. */
    @FunctionalInterface
    interface Query<T> {
        T answer(ReadView view, CommittedState at);
    }

    /** Answers from the newest state that this node has. */
    <T> void serializable(Query<T> query, Reply<T> reply) {
        answer(query, states.committed(), reply);
    }

    /** Answers from a state that holds everything acknowledged before the call. */
    <T> void linearizable(Query<T> query, Reply<T> reply) {
        CompletableFuture<CommittedState> confirmed = states.linearizable();
        if (confirmed.isDone() && !confirmed.isCompletedExceptionally()) {
            answer(query, confirmed.join(), reply);
            return;
        }
        var _ = confirmed.whenComplete((at, failure) -> reply.guard(() -> {
            if (failure == null) {
                answer(query, at, reply);
            } else {
                reply.fail(failure);
            }
        }));
    }

    private <T> void answer(Query<T> query, CommittedState at, Reply<T> reply) {
        StoreState state = at.state();
        ReadView quick = new ReadView(state, state.revision(), new CachedValues(revisions), maxInlineKeys);
        T answer;
        try {
            answer = query.answer(quick, at);
        } catch (UnreadableException e) {
            handOver(query, at, reply);
            return;
        }
        reply.send(answer);
    }

    private <T> void handOver(Query<T> query, CommittedState at, Reply<T> reply) {
        try {
            blocking.execute(() -> {
                if (!reply.isCancelled()) {
                    reply.guard(() -> reply.send(read(query, at)));
                }
            });
        } catch (RejectedExecutionException e) {
            reply.fail(EtcdError.TOO_MANY_REQUESTS.exception());
        }
    }

    private <T> T read(Query<T> query, CommittedState from) {
        for (CommittedState at = from; ; ) {
            try {
                return query.answer(ReadView.unlimited(at.state(), new StoredValues(revisions)), at);
            } catch (UnreadableException e) {
                CommittedState newest = states.committed();
                if (newest.state().compactRevision() == at.state().compactRevision()) {
                    throw new IllegalStateException(
                            "the replica lacks a value that no compaction took: " + e.getMessage(), e);
                }
                at = newest;
            }
        }
    }
}
