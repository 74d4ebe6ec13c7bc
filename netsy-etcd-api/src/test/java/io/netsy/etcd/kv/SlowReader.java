package io.netsy.etcd.kv;

import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.netsy.etcd.proto.rpc.RangeRequest;
import io.netsy.etcd.proto.rpc.RangeResponse;
import io.netsy.etcd.proto.rpc.RangeStreamResponse;
import io.netsy.etcd.testkit.TestEtcd;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A client of RangeStream that takes pages only when it is told to. */
final class SlowReader implements ClientResponseObserver<RangeRequest, RangeStreamResponse> {
    private final List<RangeResponse> pages = new CopyOnWriteArrayList<>();
    private @Nullable ClientCallStreamObserver<RangeRequest> call;
    private volatile @Nullable Status end;

    static SlowReader of(TestEtcd etcd, RangeRequest request) {
        SlowReader reader = new SlowReader();
        etcd.kvCalls.rangeStream(request, reader);
        return reader;
    }

    List<RangeResponse> pages() {
        return pages;
    }

    boolean completed() {
        return Status.OK.equals(end);
    }

    Status failure() {
        return Objects.requireNonNull(end, "the stream is open");
    }

    void take() {
        Objects.requireNonNull(call).request(1);
    }

    void takeAll() {
        while (end == null) {
            take();
        }
    }

    void cancel() {
        Objects.requireNonNull(call).cancel("enough", null);
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<RangeRequest> started) {
        call = started;
        started.disableAutoRequestWithInitial(0);
    }

    @Override
    public void onNext(RangeStreamResponse page) {
        pages.add(page.getRangeResponse());
    }

    @Override
    public void onError(Throwable failure) {
        end = Status.fromThrowable(failure);
    }

    @Override
    public void onCompleted() {
        end = Status.OK;
    }
}
