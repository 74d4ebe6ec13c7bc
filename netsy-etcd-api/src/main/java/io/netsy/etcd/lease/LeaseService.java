package io.netsy.etcd.lease;

import io.grpc.stub.StreamObserver;
import io.netsy.etcd.access.AccessRules;
import io.netsy.etcd.access.AuthGuard;
import io.netsy.etcd.access.Caller;
import io.netsy.etcd.access.Credentials;
import io.netsy.etcd.alarm.Quota;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.port.CommittedState;
import io.netsy.etcd.port.Ports;
import io.netsy.etcd.proto.rpc.LeaseGrantRequest;
import io.netsy.etcd.proto.rpc.LeaseGrantResponse;
import io.netsy.etcd.proto.rpc.LeaseGrpc;
import io.netsy.etcd.proto.rpc.LeaseKeepAliveRequest;
import io.netsy.etcd.proto.rpc.LeaseKeepAliveResponse;
import io.netsy.etcd.proto.rpc.LeaseLeasesRequest;
import io.netsy.etcd.proto.rpc.LeaseLeasesResponse;
import io.netsy.etcd.proto.rpc.LeaseRevokeRequest;
import io.netsy.etcd.proto.rpc.LeaseRevokeResponse;
import io.netsy.etcd.proto.rpc.LeaseStatus;
import io.netsy.etcd.proto.rpc.LeaseTimeToLiveRequest;
import io.netsy.etcd.proto.rpc.LeaseTimeToLiveResponse;
import io.netsy.etcd.proto.rpc.ResponseHeader;
import io.netsy.etcd.rpc.ByteStrings;
import io.netsy.etcd.rpc.Headers;
import io.netsy.etcd.rpc.Reply;
import io.netsy.etcd.state.LeaseRecord;
import io.netsy.etcd.state.StoreState;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** etcd's Lease service on the primary (etcd semantics, section 12). Handlers never block. */
public final class LeaseService extends LeaseGrpc.LeaseImplBase {
    private static final long COST_BYTES = 64;

    private final Ports ports;
    private final LeaseSettings settings;
    private final LeaseClock clock;
    private final RandomGenerator ids;
    private final Headers headers;
    private final Quota quota;
    private final LeaseRevoker revoker;
    private final KeepAlives keepAlives;
    private final AuthGuard guard;

    /** @param ids where the ids of leases come from for which the client names none; used by any thread */
    public LeaseService(Ports ports, LeaseSettings settings, LeaseClock clock, RandomGenerator ids) {
        this.ports = ports;
        this.settings = settings;
        this.clock = clock;
        this.ids = ids;
        this.headers = new Headers(ports.cluster());
        this.guard = ports.guard();
        this.quota = new Quota(ports);
        this.revoker = new LeaseRevoker(ports.proposer(), clock);
        this.keepAlives = new KeepAlives(ports, clock);
    }

    @Override
    public void leaseGrant(LeaseGrantRequest request, StreamObserver<LeaseGrantResponse> observer) {
        Reply<LeaseGrantResponse> reply = Reply.to(observer);
        reply.guard(() -> {
            long id = request.getID() == 0 ? newId() : request.getID();
            CompletableFuture<Long> granted;
            if (quota.allows(COST_BYTES)) {
                guard.requireCaller();
                granted =
                        ports.proposer().propose(LeaseProposals.grant(id, request.getTTL(), settings.minTtlSeconds()));
            } else {
                granted = quota.refuse();
            }
            reply.sendWhenDone(
                    granted,
                    revision -> LeaseGrantResponse.newBuilder()
                            .setHeader(headerAt(revision))
                            .setID(id)
                            .setTTL(Math.max(request.getTTL(), settings.minTtlSeconds()))
                            .build());
        });
    }

    /** A positive number that no lease has on this node's newest state. */
    private long newId() {
        long id;
        do {
            id = ids.nextLong() & Long.MAX_VALUE;
        } while (id == 0 || ports.states().committed().state().leases().get(id) != null);
        return id;
    }

    @Override
    public void leaseRevoke(LeaseRevokeRequest request, StreamObserver<LeaseRevokeResponse> observer) {
        Reply<LeaseRevokeResponse> reply = Reply.to(observer);
        reply.guard(() -> {
            Caller caller = guard.requireCaller();
            Consumer<StoreState> access = state -> rules().checkWriteAttached(state, caller, request.getID());
            // Before the clock hears of the revoke: it stops renewals for as long as that is under way.
            access.accept(ports.states().committed().state());
            reply.sendWhenDone(
                    revoker.revoke(request.getID(), access),
                    revision -> LeaseRevokeResponse.newBuilder()
                            .setHeader(headerAt(revision))
                            .build());
        });
    }

    @Override
    public StreamObserver<LeaseKeepAliveRequest> leaseKeepAlive(StreamObserver<LeaseKeepAliveResponse> observer) {
        Credentials credentials = Credentials.current();
        return new KeepAliveStream(
                observer,
                id -> keepAlives.renew(id, credentials),
                () -> headers.of(ports.states().committed()));
    }

    @Override
    public void leaseTimeToLive(LeaseTimeToLiveRequest request, StreamObserver<LeaseTimeToLiveResponse> observer) {
        Reply<LeaseTimeToLiveResponse> reply = Reply.to(observer);
        reply.guard(() -> {
            Credentials credentials = guard.credentials();
            reply.sendWhenDone(ports.states().linearizable(), at -> {
                Caller caller = guard.requireCaller(at.state().auth(), credentials);
                if (request.getKeys()) {
                    rules().checkReadAttached(at.state(), caller, request.getID());
                }
                return timeToLive(request, at);
            });
        });
    }

    private LeaseTimeToLiveResponse timeToLive(LeaseTimeToLiveRequest request, CommittedState at) {
        LeaseTimeToLiveResponse.Builder answer =
                LeaseTimeToLiveResponse.newBuilder().setHeader(headers.of(at)).setID(request.getID());
        LeaseRecord lease = at.state().leases().get(request.getID());
        if (lease == null) {
            return answer.setTTL(-1).build();
        }
        if (!clock.isServing()) {
            throw EtcdError.LEADER_CHANGED.exception();
        }
        // One that the clock has not heard of was granted a moment ago.
        long leftMillis = clock.remainingMillis(lease.id()).orElse(lease.ttlSeconds() * 1_000);
        answer.setTTL(leftMillis / 1_000).setGrantedTTL(lease.ttlSeconds());
        if (request.getKeys()) {
            at.state().visitAttached(lease.id(), key -> {
                answer.addKeys(ByteStrings.toByteString(key));
                return true;
            });
        }
        return answer.build();
    }

    @Override
    public void leaseLeases(LeaseLeasesRequest request, StreamObserver<LeaseLeasesResponse> observer) {
        Reply<LeaseLeasesResponse> reply = Reply.to(observer);
        reply.guard(() -> {
            CommittedState at = ports.states().committed();
            Caller caller = guard.requireCaller(at.state().auth(), guard.credentials());
            rules().checkReadAllAttached(at.state(), caller);
            reply.send(leases(at));
        });
    }

    /** All leases of the state; those that the clock knows come first, by the time that is left of them. */
    private LeaseLeasesResponse leases(CommittedState at) {
        LeaseLeasesResponse.Builder answer = LeaseLeasesResponse.newBuilder().setHeader(headers.of(at));
        Set<Long> ordered = new LinkedHashSet<>(clock.byRemainingTime());
        at.state().leases().iterator().forEachRemaining(lease -> ordered.add(lease.id()));
        for (long id : ordered) {
            if (at.state().leases().get(id) != null) {
                answer.addLeases(LeaseStatus.newBuilder().setID(id));
            }
        }
        return answer.build();
    }

    private AccessRules rules() {
        return guard.rules();
    }

    private ResponseHeader headerAt(long revision) {
        return headers.of(revision, ports.states().committed().term());
    }
}
