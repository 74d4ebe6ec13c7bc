package io.netsy.etcd.election;

import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.netsy.etcd.proto.election.LeaderRequest;
import io.netsy.etcd.proto.election.LeaderResponse;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.assertj.core.groups.Tuple;
import org.jspecify.annotations.Nullable;

/** A client that observes an election: key, value and header revision of what it is told. */
final class Observer implements ClientResponseObserver<LeaderRequest, LeaderResponse> {
    final List<Tuple> seen = new CopyOnWriteArrayList<>();
    boolean slow;
    volatile boolean completed;
    private @Nullable ClientCallStreamObserver<LeaderRequest> call;

    @Override
    public void beforeStart(ClientCallStreamObserver<LeaderRequest> started) {
        call = started;
        if (slow) {
            started.disableAutoRequestWithInitial(0);
        }
    }

    /** Takes what there is now, when it is slow. */
    void takeAll() {
        int before;
        do {
            before = seen.size();
            Objects.requireNonNull(call).request(1);
        } while (seen.size() > before);
    }

    @Override
    public void onNext(LeaderResponse told) {
        seen.add(Tuple.tuple(
                told.getKv().getKey().toStringUtf8(),
                told.getKv().getValue().toStringUtf8(),
                told.getHeader().getRevision()));
    }

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {
        completed = true;
    }
}
