package io.netsy.etcd.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.netsy.etcd.cluster.ClusterService;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.kv.KvLimits;
import io.netsy.etcd.kv.KvService;
import io.netsy.etcd.lease.LeaseClock;
import io.netsy.etcd.lease.LeaseExpiry;
import io.netsy.etcd.lease.LeaseService;
import io.netsy.etcd.lease.LeaseSettings;
import io.netsy.etcd.maintenance.EtcdVersion;
import io.netsy.etcd.maintenance.HashMemory;
import io.netsy.etcd.maintenance.MaintenanceService;
import io.netsy.etcd.port.Ports;
import io.netsy.etcd.proto.rpc.ClusterGrpc;
import io.netsy.etcd.proto.rpc.KVGrpc;
import io.netsy.etcd.proto.rpc.LeaseGrpc;
import io.netsy.etcd.proto.rpc.MaintenanceGrpc;
import io.netsy.etcd.proto.rpc.PutRequest;
import io.netsy.etcd.proto.rpc.RangeRequest;
import io.netsy.etcd.proto.rpc.RangeResponse;
import io.netsy.replication.model.Entry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.random.RandomGeneratorFactory;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** The services over a {@link TestStore}, spoken to through blocking stubs; nothing in it runs on another thread. */
public final class TestEtcd implements AutoCloseable {
    private static final long ID_SEED = 42;

    public final TestStore store;
    public final TestNode node;
    public final TestClock clock = new TestClock();
    public final LeaseClock leaseClock;
    public final LeaseExpiry expiry;
    public final KVGrpc.KVBlockingStub kv;
    public final LeaseGrpc.LeaseBlockingStub lease;
    public final LeaseGrpc.LeaseStub leaseStreams;
    public final ClusterGrpc.ClusterBlockingStub cluster;
    public final MaintenanceGrpc.MaintenanceBlockingStub maintenance;

    private final InProcessServer server;

    public TestEtcd() {
        this(new TestStore(), Runnable::run);
    }

    public TestEtcd(TestStore store, Executor blocking) {
        this.store = store;
        node = new TestNode(store);
        Ports ports = new Ports(store, store, store.revisions(), node, node);
        leaseClock = new LeaseClock(clock, LeaseSettings.DEFAULT);
        leaseClock.start(store.committed().state());
        expiry = new LeaseExpiry(store, leaseClock);
        HashMemory hashes = new HashMemory();
        store.addListener(leaseClock);
        store.addListener(hashes);
        server = new InProcessServer(
                new KvService(ports, KvLimits.DEFAULT, blocking),
                new LeaseService(
                        ports,
                        LeaseSettings.DEFAULT,
                        leaseClock,
                        RandomGeneratorFactory.getDefault().create(ID_SEED)),
                new ClusterService(ports),
                new MaintenanceService(ports, EtcdVersion.parse("3.6.14"), hashes, blocking));
        kv = KVGrpc.newBlockingStub(server.channel());
        lease = LeaseGrpc.newBlockingStub(server.channel());
        leaseStreams = LeaseGrpc.newStub(server.channel());
        cluster = ClusterGrpc.newBlockingStub(server.channel());
        maintenance = MaintenanceGrpc.newBlockingStub(server.channel());
    }

    /** A node that recovers from what this one logged. */
    public TestEtcd restarted() {
        List<Entry> log = store.log();
        close();
        return new TestEtcd(new TestStore(log), Runnable::run);
    }

    public long put(String key, String value) {
        return put(Requests.put(key, value));
    }

    /** Puts and answers the new revision. */
    public long put(PutRequest.Builder request) {
        return kv.put(request.build()).getHeader().getRevision();
    }

    public RangeResponse range(RangeRequest.Builder request) {
        return kv.range(request.build());
    }

    /** The keys that a range finds, in its order. */
    public List<String> keys(RangeRequest.Builder request) {
        return keys(range(request));
    }

    public static List<String> keys(RangeResponse answer) {
        return answer.getKvsList().stream()
                .map(pair -> pair.getKey().toStringUtf8())
                .toList();
    }

    public long revision() {
        return store.committed().state().revision();
    }

    /** Lets time pass as a node does: with a look for expired leases every half second. */
    public void pass(Duration time) {
        for (Duration left = time; left.isPositive(); left = left.minus(LeaseExpiry.INTERVAL)) {
            clock.advance(left.compareTo(LeaseExpiry.INTERVAL) < 0 ? left : LeaseExpiry.INTERVAL);
            expiry.tick(clock.getAsLong());
        }
    }

    public static void assertFails(EtcdError expected, ThrowingCallable call) {
        Status status = statusOf(call);
        assertThat(status.getDescription()).isEqualTo(expected.message());
        assertThat(status.getCode()).isEqualTo(expected.status().getCode());
    }

    /** The status of a call that must fail. */
    public static Status statusOf(ThrowingCallable call) {
        Throwable thrown = catchThrowable(call);
        assertThat(thrown).isInstanceOf(StatusRuntimeException.class);
        return ((StatusRuntimeException) thrown).getStatus();
    }

    @Override
    public void close() {
        server.close();
    }
}
