package io.netsy.bench.workload;

import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.netsy.bench.load.Series;
import io.netsy.bench.load.Slot;
import io.netsy.bench.load.UnaryWork;
import io.netsy.bench.load.Work;
import io.netsy.bench.load.Workload;
import io.netsy.etcd.proto.rpc.LeaseGrantRequest;
import io.netsy.etcd.proto.rpc.LeaseGrantResponse;
import io.netsy.etcd.proto.rpc.LeaseGrpc;
import io.netsy.etcd.proto.rpc.LeaseKeepAliveRequest;
import io.netsy.etcd.proto.rpc.LeaseKeepAliveResponse;
import io.netsy.etcd.proto.rpc.LeaseRevokeRequest;
import io.netsy.etcd.proto.rpc.LeaseRevokeResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The life of many leases: granted, kept alive, revoked, each as a load of its own over the same leases. */
public final class LeaseWorkloads {
    private final long ttlSeconds;
    private final List<Long> leases = new ArrayList<>();
    private int revoked;

    /** @param ttlSeconds longer than the load lasts, for a lease that ends meanwhile counts as lost */
    public LeaseWorkloads(long ttlSeconds) {
        this.ttlSeconds = ttlSeconds;
    }

    /** How many leases stand. */
    public int count() {
        return leases.size();
    }

    /** Each operation grants one lease more. */
    public Workload grants() {
        return GrantWork::new;
    }

    /** Each client keeps its share of the leases alive, over one stream per connection. There must be leases. */
    public Workload keepalives() {
        Map<Channel, KeepaliveStream> streams = new HashMap<>();
        return slot -> new KeepaliveWork(slot, streams.computeIfAbsent(slot.channel(), KeepaliveStream::new));
    }

    /** Each operation revokes one lease; as many as there are. */
    public Workload revokes() {
        return RevokeWork::new;
    }

    private final class GrantWork extends UnaryWork<LeaseGrantRequest, LeaseGrantResponse> {
        private final LeaseGrpc.LeaseStub stub;

        GrantWork(Slot slot) {
            super(slot);
            stub = LeaseGrpc.newStub(slot.channel());
        }

        @Override
        public void start() {
            stub.leaseGrant(LeaseGrantRequest.newBuilder().setTTL(ttlSeconds).build(), this);
        }

        @Override
        protected void handleAnswer(LeaseGrantResponse received) {
            leases.add(received.getID());
            slot().succeed(Series.LEASE_GRANT);
        }
    }

    private final class RevokeWork extends UnaryWork<LeaseRevokeRequest, LeaseRevokeResponse> {
        private final LeaseGrpc.LeaseStub stub;

        RevokeWork(Slot slot) {
            super(slot);
            stub = LeaseGrpc.newStub(slot.channel());
        }

        @Override
        public void start() {
            stub.leaseRevoke(
                    LeaseRevokeRequest.newBuilder().setID(leases.get(revoked++)).build(), this);
        }

        @Override
        protected void handleAnswer(LeaseRevokeResponse received) {
            slot().succeed(Series.LEASE_REVOKE);
        }
    }

    private final class KeepaliveWork implements Work {
        private final Slot slot;
        private final KeepaliveStream stream;
        private int next;
        private long lease;

        KeepaliveWork(Slot slot, KeepaliveStream stream) {
            this.slot = slot;
            this.stream = stream;
            next = slot.index();
        }

        @Override
        public void start() {
            lease = leases.get(next % leases.size());
            next += slot.clients();
            stream.send(lease, slot);
        }

        @Override
        public void cancel() {
            if (stream.forget(lease)) {
                slot.fail(Status.CANCELLED);
            }
        }
    }

    /** The stream that the clients of one connection share; opened when it is needed and after it broke. */
    private static final class KeepaliveStream implements StreamObserver<LeaseKeepAliveResponse> {
        private final LeaseGrpc.LeaseStub stub;
        private final Map<Long, Slot> waiting = new HashMap<>();
        private @Nullable StreamObserver<LeaseKeepAliveRequest> requests;

        KeepaliveStream(Channel channel) {
            stub = LeaseGrpc.newStub(channel);
        }

        void send(long lease, Slot slot) {
            if (waiting.putIfAbsent(lease, slot) != null) {
                throw new IllegalStateException("two clients keep lease %x alive".formatted(lease));
            }
            StreamObserver<LeaseKeepAliveRequest> open = requests;
            if (open == null) {
                open = stub.leaseKeepAlive(this);
                requests = open;
            }
            open.onNext(LeaseKeepAliveRequest.newBuilder().setID(lease).build());
        }

        boolean forget(long lease) {
            return waiting.remove(lease) != null;
        }

        @Override
        public void onNext(LeaseKeepAliveResponse received) {
            Slot slot = waiting.remove(received.getID());
            if (slot == null) {
                return;
            }
            if (received.getTTL() > 0) {
                slot.succeed(Series.LEASE_KEEPALIVE);
            } else {
                slot.violate("LeaseLost");
            }
        }

        @Override
        public void onError(Throwable error) {
            end(Status.fromThrowable(error));
        }

        @Override
        public void onCompleted() {
            end(Status.UNAVAILABLE);
        }

        private void end(Status status) {
            requests = null;
            List<Slot> interrupted = List.copyOf(waiting.values());
            waiting.clear();
            interrupted.forEach(slot -> slot.fail(status));
        }
    }
}
