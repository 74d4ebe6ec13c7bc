package io.netsy.chaos.process;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.netsy.etcd.proto.mvcc.Event;
import io.netsy.etcd.proto.mvcc.KeyValue;
import io.netsy.etcd.proto.rpc.HashKVRequest;
import io.netsy.etcd.proto.rpc.KVGrpc;
import io.netsy.etcd.proto.rpc.MaintenanceGrpc;
import io.netsy.etcd.proto.rpc.MoveLeaderRequest;
import io.netsy.etcd.proto.rpc.PutRequest;
import io.netsy.etcd.proto.rpc.RangeRequest;
import io.netsy.etcd.proto.rpc.RangeResponse;
import io.netsy.etcd.proto.rpc.StatusRequest;
import io.netsy.etcd.proto.rpc.StatusResponse;
import io.netsy.etcd.proto.rpc.WatchCreateRequest;
import io.netsy.etcd.proto.rpc.WatchGrpc;
import io.netsy.etcd.proto.rpc.WatchRequest;
import io.netsy.etcd.proto.rpc.WatchResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** Asks one node, by etcd's own calls; closes the channel that it was given. */
public final class NodeClient implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration STATUS_PATIENCE = Duration.ofMillis(500);
    private static final ByteString FIRST_KEY = ByteString.copyFrom(new byte[] {0});

    private final ManagedChannel channel;

    public NodeClient(ManagedChannel channel) {
        this.channel = channel;
    }

    public ManagedChannel channel() {
        return channel;
    }

    private KVGrpc.KVBlockingStub kv(Duration patience) {
        return KVGrpc.newBlockingStub(channel).withDeadlineAfter(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Answers the revision of the write. */
    public long put(String key, String value) {
        return put(key, value, PATIENCE);
    }

    private long put(String key, String value, Duration patience) {
        PutRequest request = PutRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(key))
                .setValue(ByteString.copyFromUtf8(value))
                .build();
        return kv(patience).put(request).getHeader().getRevision();
    }

    /** Answers how the write ended: OK, or the error. */
    public Status tryPut(String key, String value, Duration patience) {
        try {
            long revision = put(key, value, patience);
            return Status.OK.withDescription("revision " + revision);
        } catch (StatusRuntimeException e) {
            return e.getStatus();
        }
    }

    /** A linearizable read. */
    public Optional<String> get(String key) {
        return valueOf(range(key, false));
    }

    /** A serializable read: what this node has applied. */
    public Optional<String> getLocal(String key) {
        return valueOf(range(key, true));
    }

    /** The revision by a linearizable read. */
    public long revision() {
        return range("x", false).getHeader().getRevision();
    }

    /** The revision that this node has applied. */
    public long localRevision() {
        return range("x", true).getHeader().getRevision();
    }

    private RangeResponse range(String key, boolean serializable) {
        return kv(PATIENCE)
                .range(RangeRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8(key))
                        .setSerializable(serializable)
                        .build());
    }

    private static Optional<String> valueOf(RangeResponse response) {
        return response.getKvsList().stream()
                .map(KeyValue::getValue)
                .map(ByteString::toStringUtf8)
                .findFirst();
    }

    /** The digest of the history up to a revision; 0 is the newest. */
    public long hashKv(long revision) {
        return Integer.toUnsignedLong(MaintenanceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .hashKV(HashKVRequest.newBuilder().setRevision(revision).build())
                .getHash());
    }

    /** What the node says of who is primary; empty when it does not answer soon. */
    public Optional<StatusResponse> status() {
        try {
            return Optional.of(MaintenanceGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(STATUS_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                    .status(StatusRequest.getDefaultInstance()));
        } catch (StatusRuntimeException e) {
            return Optional.empty();
        }
    }

    /** Asks this node, which must be primary, to have another one lead. */
    public void moveLeader(long memberId) {
        var _ = MaintenanceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .moveLeader(MoveLeaderRequest.newBuilder().setTargetID(memberId).build());
    }

    /** Every event from revision 2 to a revision that is there, as one watch on all keys is told them. */
    public List<Event> history(long upTo) throws Exception {
        if (upTo < 2) {
            return List.of();
        }
        try (OpenWatch watch = watchFrom(2)) {
            return watch.await(upTo, PATIENCE.multipliedBy(2));
        }
    }

    /** Watches all keys; to be closed. */
    public OpenWatch watchFrom(long revision) {
        return new OpenWatch(channel, revision);
    }

    /** A watch on all keys and what it was told so far. */
    public static final class OpenWatch implements AutoCloseable {
        private final List<Event> events = Collections.synchronizedList(new ArrayList<>());
        private final CompletableFuture<Void> ended = new CompletableFuture<>();
        private final StreamObserver<WatchRequest> requests;

        private OpenWatch(ManagedChannel channel, long revision) {
            requests = WatchGrpc.newStub(channel).watch(new StreamObserver<>() {
                @Override
                public void onNext(WatchResponse response) {
                    events.addAll(response.getEventsList());
                    if (response.getCanceled()) {
                        ended.completeExceptionally(
                                new IllegalStateException("cancelled: " + response.getCancelReason()));
                    }
                }

                @Override
                public void onError(Throwable error) {
                    ended.completeExceptionally(error);
                }

                @Override
                public void onCompleted() {
                    ended.complete(null);
                }
            });
            requests.onNext(WatchRequest.newBuilder()
                    .setCreateRequest(WatchCreateRequest.newBuilder()
                            .setKey(FIRST_KEY)
                            .setRangeEnd(FIRST_KEY)
                            .setStartRevision(revision))
                    .build());
        }

        /** What it was told so far. */
        public List<Event> events() {
            synchronized (events) {
                return List.copyOf(events);
            }
        }

        /** Whether it goes on. */
        public boolean isOpen() {
            return !ended.isDone();
        }

        /** Waits for the events of a revision, and answers all up to it. */
        public List<Event> await(long revision, Duration patience) {
            Awaitility.await("the watch gets to revision " + revision)
                    .atMost(patience)
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> !isOpen() || hasReached(revision));
            if (!hasReached(revision)) {
                ended.join();
                throw new IllegalStateException("the watch ended before revision " + revision);
            }
            return events().stream()
                    .filter(event -> event.getKv().getModRevision() <= revision)
                    .toList();
        }

        private boolean hasReached(long revision) {
            synchronized (events) {
                return !events.isEmpty() && events.getLast().getKv().getModRevision() >= revision;
            }
        }

        @Override
        public void close() {
            requests.onCompleted();
        }
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
