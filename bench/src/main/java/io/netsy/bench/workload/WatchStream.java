package io.netsy.bench.workload;

import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.netsy.etcd.proto.mvcc.Event;
import io.netsy.etcd.proto.rpc.WatchCreateRequest;
import io.netsy.etcd.proto.rpc.WatchGrpc;
import io.netsy.etcd.proto.rpc.WatchRequest;
import io.netsy.etcd.proto.rpc.WatchResponse;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** One gRPC stream and the watchers on it. For the loop's thread. */
final class WatchStream implements StreamObserver<WatchResponse> {
    private final Listener listener;
    private final CountDownLatch opened;
    private final StreamObserver<WatchRequest> requests;
    private final Deque<Integer> unconfirmed = new ArrayDeque<>();
    private final Map<Long, Integer> watcherById = new HashMap<>();
    private boolean closed;

    /** What happens on the streams. */
    interface Listener {
        void handleEvent(int watcher, Event event);

        /** The server ended a watch or the whole stream. */
        void handleEnd(String reason);
    }

    /** @param opened counted down by each confirmed watch */
    WatchStream(Channel channel, Listener listener, CountDownLatch opened) {
        this.listener = listener;
        this.opened = opened;
        requests = WatchGrpc.newStub(channel).watch(this);
    }

    /** Asks for a watch; the server confirms watches in the order in which they were asked for. */
    void watch(int watcher, WatchCreateRequest request) {
        unconfirmed.addLast(watcher);
        requests.onNext(WatchRequest.newBuilder().setCreateRequest(request).build());
    }

    void close() {
        closed = true;
        requests.onCompleted();
    }

    @Override
    public void onNext(WatchResponse received) {
        if (received.getCanceled()) {
            listener.handleEnd(received.getCancelReason());
        } else if (received.getCreated()) {
            watcherById.put(received.getWatchId(), unconfirmed.removeFirst());
            opened.countDown();
        }
        Integer watcher = watcherById.get(received.getWatchId());
        if (watcher != null) {
            received.getEventsList().forEach(event -> listener.handleEvent(watcher, event));
        }
    }

    @Override
    public void onError(Throwable error) {
        if (!closed) {
            listener.handleEnd(Status.fromThrowable(error).toString());
        }
    }

    @Override
    public void onCompleted() {
        if (!closed) {
            listener.handleEnd("the server completed the stream");
        }
    }
}
