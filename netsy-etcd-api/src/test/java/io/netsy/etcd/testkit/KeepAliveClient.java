package io.netsy.etcd.testkit;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.netsy.etcd.proto.rpc.LeaseGrpc;
import io.netsy.etcd.proto.rpc.LeaseKeepAliveRequest;
import io.netsy.etcd.proto.rpc.LeaseKeepAliveResponse;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A client's stream of keepalives. */
public final class KeepAliveClient implements AutoCloseable {
    private final List<LeaseKeepAliveResponse> answers = new CopyOnWriteArrayList<>();
    private final StreamObserver<LeaseKeepAliveRequest> requests;
    private volatile @Nullable Status end;

    public KeepAliveClient(LeaseGrpc.LeaseStub stub) {
        requests = stub.leaseKeepAlive(new StreamObserver<>() {
            @Override
            public void onNext(LeaseKeepAliveResponse answer) {
                answers.add(answer);
            }

            @Override
            public void onError(Throwable failure) {
                end = Status.fromThrowable(failure);
            }

            @Override
            public void onCompleted() {
                end = Status.OK;
            }
        });
    }

    public void send(long... ids) {
        for (long id : ids) {
            requests.onNext(LeaseKeepAliveRequest.newBuilder().setID(id).build());
        }
    }

    public List<LeaseKeepAliveResponse> answers() {
        return answers;
    }

    public void halfClose() {
        requests.onCompleted();
    }

    public boolean isCompleted() {
        return Status.OK.equals(end);
    }

    /** How the server ended the stream. */
    public Status failure() {
        Status status = end;
        if (status == null) {
            throw new AssertionError("the stream is open");
        }
        return status;
    }

    @Override
    public void close() {
        if (end == null) {
            requests.onError(Status.CANCELLED.asRuntimeException());
        }
    }
}
