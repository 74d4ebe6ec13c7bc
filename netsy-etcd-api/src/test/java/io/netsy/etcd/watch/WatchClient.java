package io.netsy.etcd.watch;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.netsy.etcd.proto.mvcc.Event;
import io.netsy.etcd.proto.rpc.WatchCancelRequest;
import io.netsy.etcd.proto.rpc.WatchCreateRequest;
import io.netsy.etcd.proto.rpc.WatchGrpc;
import io.netsy.etcd.proto.rpc.WatchProgressRequest;
import io.netsy.etcd.proto.rpc.WatchRequest;
import io.netsy.etcd.proto.rpc.WatchResponse;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A watch stream as a client sees it; reads as fast as it can, or only when it is told to. Safe for any thread. */
final class WatchClient {
    private static final int NO_LIMIT = 1 << 28;

    private final ClientCall<WatchRequest, WatchResponse> call;
    private final Deque<WatchResponse> received = new ArrayDeque<>();
    private @Nullable Status end;

    private WatchClient(Channel channel) {
        this.call = channel.newCall(WatchGrpc.getWatchMethod(), CallOptions.DEFAULT);
    }

    /** A client that reads everything at once. */
    static WatchClient open(Channel channel) {
        return open(channel, new Metadata(), NO_LIMIT);
    }

    static WatchClient open(Channel channel, Metadata headers) {
        return open(channel, headers, NO_LIMIT);
    }

    /** A client that reads nothing until {@link #read}. */
    static WatchClient slow(Channel channel) {
        return open(channel, new Metadata(), 0);
    }

    private static WatchClient open(Channel channel, Metadata headers, int messages) {
        WatchClient client = new WatchClient(channel);
        client.call.start(client.new Listener(), headers);
        client.read(messages);
        return client;
    }

    /** Reads so many messages more, now or when they come. */
    void read(int messages) {
        if (messages > 0) {
            call.request(messages);
        }
    }

    void readAll() {
        read(NO_LIMIT);
    }

    /** Asks for a watcher of one key, or of a range if the change says so. */
    void create(String key, UnaryOperator<WatchCreateRequest.Builder> change) {
        WatchCreateRequest.Builder request = WatchCreateRequest.newBuilder().setKey(ByteString.copyFromUtf8(key));
        call.sendMessage(WatchRequest.newBuilder()
                .setCreateRequest(change.apply(request))
                .build());
    }

    /** Asks for a watcher of all keys with a prefix. */
    void createPrefix(String prefix, UnaryOperator<WatchCreateRequest.Builder> change) {
        create(prefix, request -> change.apply(request.setRangeEnd(ByteString.copyFromUtf8(endOf(prefix)))));
    }

    static String endOf(String prefix) {
        int last = prefix.length() - 1;
        return prefix.substring(0, last) + (char) (prefix.charAt(last) + 1);
    }

    void cancel(long watchId) {
        call.sendMessage(WatchRequest.newBuilder()
                .setCancelRequest(WatchCancelRequest.newBuilder().setWatchId(watchId))
                .build());
    }

    void requestProgress() {
        call.sendMessage(WatchRequest.newBuilder()
                .setProgressRequest(WatchProgressRequest.getDefaultInstance())
                .build());
    }

    void send(WatchRequest request) {
        call.sendMessage(request);
    }

    void halfClose() {
        call.halfClose();
    }

    /** Gives the stream up. */
    void abort() {
        call.cancel("the test is through with it", null);
    }

    /** The next message received; fails when there is none. */
    synchronized WatchResponse next() {
        return Objects.requireNonNull(received.pollFirst(), "no message was received");
    }

    /** All messages received since they were last asked for. */
    synchronized List<WatchResponse> takeAll() {
        List<WatchResponse> taken = new ArrayList<>(received);
        received.clear();
        return taken;
    }

    /** The events in all messages received since they were last asked for. */
    List<Event> takeEvents() {
        return takeAll().stream()
                .flatMap(response -> response.getEventsList().stream())
                .toList();
    }

    /** How the stream ended; null while it is open. */
    synchronized @Nullable Status end() {
        return end;
    }

    private synchronized void onReceived(WatchResponse response) {
        received.addLast(response);
    }

    private synchronized void onEnd(Status status) {
        end = status;
    }

    private final class Listener extends ClientCall.Listener<WatchResponse> {
        @Override
        public void onMessage(WatchResponse response) {
            onReceived(response);
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            onEnd(status);
        }
    }
}
