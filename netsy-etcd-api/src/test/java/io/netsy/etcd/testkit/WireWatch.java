package io.netsy.etcd.testkit;

import com.google.protobuf.ByteString;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.netsy.etcd.proto.mvcc.Event;
import io.netsy.etcd.proto.rpc.WatchCancelRequest;
import io.netsy.etcd.proto.rpc.WatchCreateRequest;
import io.netsy.etcd.proto.rpc.WatchGrpc;
import io.netsy.etcd.proto.rpc.WatchProgressRequest;
import io.netsy.etcd.proto.rpc.WatchRequest;
import io.netsy.etcd.proto.rpc.WatchResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** A watch stream over a socket; messages are waited for. */
public final class WireWatch implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final BlockingQueue<WatchResponse> received = new LinkedBlockingQueue<>();
    private final CompletableFuture<Status> end = new CompletableFuture<>();
    private final StreamObserver<WatchRequest> requests;

    public WireWatch(Channel channel) {
        requests = WatchGrpc.newStub(channel).watch(new StreamObserver<>() {
            @Override
            public void onNext(WatchResponse response) {
                received.add(response);
            }

            @Override
            public void onError(Throwable failure) {
                end.complete(Status.fromThrowable(failure));
            }

            @Override
            public void onCompleted() {
                end.complete(Status.OK);
            }
        });
    }

    public void create(String key, UnaryOperator<WatchCreateRequest.Builder> change) {
        WatchCreateRequest.Builder request = WatchCreateRequest.newBuilder().setKey(ByteString.copyFromUtf8(key));
        requests.onNext(WatchRequest.newBuilder()
                .setCreateRequest(change.apply(request))
                .build());
    }

    /** Creates a watcher and takes the message that says so. */
    public WatchResponse created(String key, UnaryOperator<WatchCreateRequest.Builder> change)
            throws InterruptedException {
        create(key, change);
        return next();
    }

    public void cancel(long watchId) {
        requests.onNext(WatchRequest.newBuilder()
                .setCancelRequest(WatchCancelRequest.newBuilder().setWatchId(watchId))
                .build());
    }

    public void requestProgress() {
        requests.onNext(WatchRequest.newBuilder()
                .setProgressRequest(WatchProgressRequest.getDefaultInstance())
                .build());
    }

    public void halfClose() {
        requests.onCompleted();
    }

    /** The next message, which must come. */
    public WatchResponse next() throws InterruptedException {
        WatchResponse response = received.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        if (response == null) {
            throw new AssertionError("no message came; the stream ended: " + end.getNow(null));
        }
        return response;
    }

    /** So many events, from as many messages as it takes. */
    public List<Event> events(int count) throws InterruptedException {
        List<Event> events = new ArrayList<>();
        while (events.size() < count) {
            events.addAll(next().getEventsList());
        }
        return events;
    }

    /** How many messages came and were not taken. */
    public int waiting() {
        return received.size();
    }

    public boolean isOpen() {
        return !end.isDone();
    }

    @Override
    public void close() {
        requests.onError(Status.CANCELLED.asRuntimeException());
    }
}
