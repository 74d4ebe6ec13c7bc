package io.netsy.etcd.kv;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.netsy.etcd.access.AuthGuard;
import io.netsy.etcd.access.Caller;
import io.netsy.etcd.access.Credentials;
import io.netsy.etcd.alarm.Quota;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.error.EtcdException;
import io.netsy.etcd.port.CommittedState;
import io.netsy.etcd.port.Ports;
import io.netsy.etcd.proto.rpc.CompactionRequest;
import io.netsy.etcd.proto.rpc.CompactionResponse;
import io.netsy.etcd.proto.rpc.DeleteRangeRequest;
import io.netsy.etcd.proto.rpc.DeleteRangeResponse;
import io.netsy.etcd.proto.rpc.KVGrpc;
import io.netsy.etcd.proto.rpc.PutRequest;
import io.netsy.etcd.proto.rpc.PutResponse;
import io.netsy.etcd.proto.rpc.RangeRequest;
import io.netsy.etcd.proto.rpc.RangeResponse;
import io.netsy.etcd.proto.rpc.RangeStreamResponse;
import io.netsy.etcd.proto.rpc.ResponseHeader;
import io.netsy.etcd.proto.rpc.TxnRequest;
import io.netsy.etcd.proto.rpc.TxnResponse;
import io.netsy.etcd.rpc.Failures;
import io.netsy.etcd.rpc.Headers;
import io.netsy.etcd.rpc.Reply;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * etcd's KV service. Handlers never block: they may run on an event loop.
 *
 * <p>A mutating request passes, in etcd's order: the quota, the static checks, the credentials, the size check,
 * and then on the sequencer the alarms, the permissions and the other checks against the state (etcd semantics, section 2).
 */
public final class KvService extends KVGrpc.KVImplBase {
    private final Ports ports;
    private final Headers headers;
    private final RequestChecks checks;
    private final Quota quota;
    private final Reads reads;
    private final KvMeters meters;
    private final RangeStream.Source pages;
    private final AuthGuard guard;

    /** The access of everybody while auth is off. */
    private final KvAccess nobodys;

    /**
     * @param blocking runs reads that need the disk or take long; should refuse rather than queue without bound
     * @param meters keeps the service's figures
     */
    public KvService(Ports ports, KvLimits limits, Executor blocking, KvMeters meters) {
        this.ports = ports;
        this.headers = new Headers(ports.cluster());
        this.checks = new RequestChecks(limits);
        this.quota = new Quota(ports);
        this.guard = ports.guard();
        this.nobodys = new KvAccess(guard.rules(), Caller.NOBODY);
        this.reads = new Reads(ports, limits.maxInlineKeys(), blocking);
        this.meters = meters;
        this.pages = new RangeStream.Source(reads, headers, meters, limits.maxRequestBytes());
    }

    @Override
    public void range(RangeRequest request, StreamObserver<RangeResponse> observer) {
        Reply<RangeResponse> reply = Reply.to(observer);
        reply.guard(() -> {
            checks.check(request);
            Credentials credentials = guard.credentials();
            Reads.Query<RangeResponse> query = (view, at) -> {
                checkRead(request, at, credentials);
                return answer(request, view, at);
            };
            read(request.getSerializable(), query, reply);
        });
    }

    @Override
    public void rangeStream(RangeRequest request, StreamObserver<RangeStreamResponse> observer) {
        ServerCallStreamObserver<RangeStreamResponse> call = (ServerCallStreamObserver<RangeStreamResponse>) observer;
        Reply.to(observer).guard(() -> {
            checks.checkStream(request);
            // Auth may be switched on between two pages.
            Credentials credentials = Credentials.current();
            new RangeStream(request, pages, at -> checkRead(request, at, credentials), call).start();
        });
    }

    private RangeResponse answer(RangeRequest request, ReadView view, CommittedState at) {
        long startedNanos = meters.now();
        try {
            RangeResponse answer =
                    RangeReader.read(request, view).setHeader(headers.of(at)).build();
            meters.ranged(startedNanos, true);
            return answer;
        } catch (EtcdException refused) {
            meters.ranged(startedNanos, false);
            throw refused;
        }
    }

    private void checkRead(RangeRequest request, CommittedState at, Credentials credentials) {
        KvAccess access = access(at, credentials);
        access.check(request, at.state());
        access.checkRevision(at.state());
    }

    /** What the caller may do by the state that he reads. */
    private KvAccess access(CommittedState at, Credentials credentials) {
        return accessOf(guard.caller(at.state().auth(), credentials));
    }

    private KvAccess accessOf(Caller caller) {
        return caller.isNobody() ? nobodys : new KvAccess(guard.rules(), caller);
    }

    private <T> void read(boolean serializable, Reads.Query<T> query, Reply<T> reply) {
        if (serializable) {
            reads.serializable(query, reply);
        } else {
            reads.linearizable(query, reply);
        }
    }

    @Override
    public void put(PutRequest request, StreamObserver<PutResponse> observer) {
        Reply<PutResponse> reply = Reply.to(observer);
        reply.guard(() -> {
            CompletableFuture<PutResponse> result;
            if (quota.allows(QuotaCost.of(request))) {
                checks.check(request);
                KvAccess access = accessOf(guard.caller());
                checks.checkSize(request);
                result = ports.proposer().propose(KvProposals.put(request, access));
            } else {
                result = quota.refuse();
            }
            reply.sendWhenDone(result, answer -> {
                meters.put(request);
                return answer.toBuilder()
                        .setHeader(complete(answer.getHeader()))
                        .build();
            });
        });
    }

    @Override
    public void deleteRange(DeleteRangeRequest request, StreamObserver<DeleteRangeResponse> observer) {
        Reply<DeleteRangeResponse> reply = Reply.to(observer);
        reply.guard(() -> {
            checks.check(request);
            KvAccess access = accessOf(guard.caller());
            checks.checkSize(request);
            reply.sendWhenDone(ports.proposer().propose(KvProposals.delete(request, access)), answer -> {
                meters.deleted(request);
                return answer.toBuilder()
                        .setHeader(complete(answer.getHeader()))
                        .build();
            });
        });
    }

    /** Whether a transaction goes into the log, so that only a primary can carry it out; a nested one counts as a write. */
    public static boolean isProposed(TxnRequest request) {
        return !TxnEvaluator.isReadOnly(request);
    }

    @Override
    public void txn(TxnRequest request, StreamObserver<TxnResponse> observer) {
        Reply<TxnResponse> reply = Reply.to(observer);
        reply.guard(() -> {
            if (!quota.allows(QuotaCost.of(request))) {
                reply.sendWhenDone(quota.<TxnResponse>refuse(), answer -> answer);
                return;
            }
            checks.check(request);
            if (TxnEvaluator.isReadOnly(request)) {
                Credentials credentials = guard.credentials();
                Reads.Query<TxnResponse> query = (view, at) -> {
                    KvAccess access = access(at, credentials);
                    access.check(request, at.state());
                    access.checkRevision(at.state());
                    return complete(request, TxnEvaluator.read(request, view));
                };
                read(TxnEvaluator.isSerializable(request), query, reply);
                return;
            }
            KvAccess access = accessOf(guard.caller());
            checks.checkSize(request);
            reply.sendWhenDone(
                    ports.proposer().propose(KvProposals.transaction(request, access)),
                    answer -> complete(request, answer));
        });
    }

    private TxnResponse complete(TxnRequest request, TxnResponse answer) {
        meters.transacted(request, answer);
        return answer.toBuilder().setHeader(complete(answer.getHeader())).build();
    }

    private ResponseHeader complete(ResponseHeader inner) {
        return headers.of(inner.getRevision(), ports.states().committed().term());
    }

    @Override
    public void compact(CompactionRequest request, StreamObserver<CompactionResponse> observer) {
        Reply<CompactionResponse> reply = Reply.to(observer);
        reply.guard(() -> {
            guard.requireRoot();
            CompletableFuture<Long> compacted = ports.proposer().propose(KvProposals.compaction(request.getRevision()));
            reply.sendWhenDone(
                    request.getPhysical() ? afterPurge(compacted) : compacted,
                    revision -> CompactionResponse.newBuilder()
                            .setHeader(headers.of(ports.states().committed()))
                            .build());
        });
    }

    /** Waits for the purge of what is compacted by then, also when this compaction came too late to be the one. */
    private CompletableFuture<Long> afterPurge(CompletableFuture<Long> compacted) {
        return compacted
                .handle((revision, failure) -> failure == null || isCompacted(failure))
                .thenCompose(purging -> purging ? purged() : CompletableFuture.completedFuture(null))
                .thenCompose(ignored -> compacted);
    }

    private CompletableFuture<Void> purged() {
        return ports.maintenance().purged(ports.states().committed().state().compactRevision());
    }

    private static boolean isCompacted(Throwable failure) {
        return Failures.unwrap(failure) instanceof EtcdException rejected && rejected.error() == EtcdError.COMPACTED;
    }
}
