package io.netsy.etcd.lock;

import io.grpc.stub.StreamObserver;
import io.netsy.etcd.concurrency.Client;
import io.netsy.etcd.concurrency.EtcdCalls;
import io.netsy.etcd.concurrency.PatientReply;
import io.netsy.etcd.concurrency.Turns;
import io.netsy.etcd.proto.lock.LockGrpc;
import io.netsy.etcd.proto.lock.LockRequest;
import io.netsy.etcd.proto.lock.LockResponse;
import io.netsy.etcd.proto.lock.UnlockRequest;
import io.netsy.etcd.proto.lock.UnlockResponse;
import io.netsy.etcd.proto.rpc.DeleteRangeRequest;

/** etcd's Lock service (etcd semantics, section 13). Handlers never block, and a call that waits costs no thread. */
public final class LockService extends LockGrpc.LockImplBase {
    private final EtcdCalls etcd;
    private final Turns turns;

    /** A service that works through others' handlers, and whose callers wait in {@code turns}. */
    public LockService(EtcdCalls etcd, Turns turns) {
        this.etcd = etcd;
        this.turns = turns;
    }

    @Override
    public void lock(LockRequest request, StreamObserver<LockResponse> observer) {
        PatientReply<LockResponse> reply = PatientReply.to(observer);
        LockAttempt attempt = new LockAttempt(request, etcd.client(), turns, reply.abandoned());
        reply.send(attempt::run);
    }

    /** Deletes the holder's key; one that is not there is well. */
    @Override
    public void unlock(UnlockRequest request, StreamObserver<UnlockResponse> observer) {
        Client client = etcd.client();
        DeleteRangeRequest deletion =
                DeleteRangeRequest.newBuilder().setKey(request.getKey()).build();
        PatientReply.to(observer)
                .send(() -> client.delete(deletion)
                        .thenApply(answer -> UnlockResponse.newBuilder()
                                .setHeader(answer.getHeader())
                                .build()));
    }
}
