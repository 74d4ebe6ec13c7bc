package io.netsy.node.rehearsal;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.netsy.etcd.proto.rpc.CompactionRequest;
import io.netsy.etcd.proto.rpc.Compare;
import io.netsy.etcd.proto.rpc.DeleteRangeRequest;
import io.netsy.etcd.proto.rpc.KVGrpc;
import io.netsy.etcd.proto.rpc.LeaseGrantRequest;
import io.netsy.etcd.proto.rpc.LeaseGrpc;
import io.netsy.etcd.proto.rpc.LeaseRevokeRequest;
import io.netsy.etcd.proto.rpc.MaintenanceGrpc;
import io.netsy.etcd.proto.rpc.PutRequest;
import io.netsy.etcd.proto.rpc.RangeRequest;
import io.netsy.etcd.proto.rpc.RequestOp;
import io.netsy.etcd.proto.rpc.StatusRequest;
import io.netsy.etcd.proto.rpc.TxnRequest;
import io.netsy.etcd.proto.rpc.WatchCreateRequest;
import io.netsy.etcd.proto.rpc.WatchGrpc;
import io.netsy.etcd.proto.rpc.WatchRequest;
import io.netsy.etcd.proto.rpc.WatchResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * One client that asks a node for what kube-apiserver and a dashboard ask for. A few times only: profiles of hot code would
 * double the size of the cache that is made from it, and with it the memory of an idle node.
 */
public final class RehearsalClient implements AutoCloseable {
    private static final int ROUNDS = 20;
    private static final int KEYS = 10;
    private static final int EVENTS = 30;
    private static final ByteString VALUE = ByteString.copyFrom(new byte[1024]);

    private final InetSocketAddress address;
    private final ManagedChannel channel;
    private final KVGrpc.KVBlockingStub kv;

    public RehearsalClient(InetSocketAddress address) {
        this.address = address;
        this.channel = NettyChannelBuilder.forAddress(address.getHostString(), address.getPort())
                .usePlaintext()
                .build();
        this.kv = KVGrpc.newBlockingStub(channel);
    }

    /** Asks for everything once, for writes and reads many times. */
    public void play() throws IOException, InterruptedException {
        CountDownLatch seen = watch();
        for (int i = 0; i < ROUNDS; i++) {
            kv.txn(createOrRead(key(i)));
            kv.put(PutRequest.newBuilder().setKey(key(i)).setValue(VALUE).build());
            kv.range(RangeRequest.newBuilder().setKey(key(i)).build());
        }
        for (int i = 0; i < KEYS; i++) {
            kv.range(all().setLimit(50).build());
        }
        if (!seen.await(10, TimeUnit.SECONDS)) {
            throw new IOException("a rehearsed watch saw too few events");
        }
        leaseAndCompact();
        for (String path : new String[] {"/health", "/readyz", "/metrics", "/version"}) {
            get(path);
        }
    }

    private static ByteString key(int i) {
        return ByteString.copyFromUtf8("/registry/rehearsal/" + i % KEYS);
    }

    private static RangeRequest.Builder all() {
        return RangeRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8("/registry/"))
                .setRangeEnd(ByteString.copyFromUtf8("/registry0"));
    }

    private static TxnRequest createOrRead(ByteString key) {
        return TxnRequest.newBuilder()
                .addCompare(Compare.newBuilder()
                        .setTarget(Compare.CompareTarget.MOD)
                        .setKey(key)
                        .setModRevision(0))
                .addSuccess(RequestOp.newBuilder()
                        .setRequestPut(PutRequest.newBuilder().setKey(key).setValue(VALUE)))
                .addFailure(RequestOp.newBuilder()
                        .setRequestRange(RangeRequest.newBuilder().setKey(key)))
                .build();
    }

    private CountDownLatch watch() {
        CountDownLatch seen = new CountDownLatch(EVENTS);
        StreamObserver<WatchRequest> requests = WatchGrpc.newStub(channel).watch(new StreamObserver<>() {
            @Override
            public void onNext(WatchResponse response) {
                response.getEventsList().forEach(event -> seen.countDown());
            }

            @Override
            public void onError(Throwable failure) {}

            @Override
            public void onCompleted() {}
        });
        requests.onNext(WatchRequest.newBuilder()
                .setCreateRequest(WatchCreateRequest.newBuilder()
                        .setKey(all().getKey())
                        .setRangeEnd(all().getRangeEnd())
                        .setPrevKv(true))
                .build());
        return seen;
    }

    private void leaseAndCompact() {
        LeaseGrpc.LeaseBlockingStub leases = LeaseGrpc.newBlockingStub(channel);
        long id = leases.leaseGrant(LeaseGrantRequest.newBuilder().setTTL(60).build())
                .getID();
        kv.put(PutRequest.newBuilder().setKey(key(0)).setLease(id).build());
        leases.leaseRevoke(LeaseRevokeRequest.newBuilder().setID(id).build());
        long revision = kv.deleteRange(
                        DeleteRangeRequest.newBuilder().setKey(key(1)).build())
                .getHeader()
                .getRevision();
        kv.compact(CompactionRequest.newBuilder().setRevision(revision).build());
        MaintenanceGrpc.newBlockingStub(channel).status(StatusRequest.getDefaultInstance());
    }

    /** Over a plain socket: a client library for HTTP would be recorded too, and a node has no use for it. */
    private void get(String path) throws IOException {
        try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
            String request = "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".formatted(path);
            socket.getOutputStream().write(request.getBytes(US_ASCII));
            socket.getInputStream().readAllBytes();
        }
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
