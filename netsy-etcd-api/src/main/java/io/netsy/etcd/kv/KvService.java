package io.netsy.etcd.kv;

import io.grpc.stub.StreamObserver;
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
 * <p>A mutating request passes, in etcd's order: the quota, the static checks, the size check, and then on the
 * sequencer the alarms and the checks against the state (etcd semantics, section 2).
 */
public final class KvService extends KVGrpc.KVImplBase {
    private final Ports ports;
    private final Headers headers;
    private final RequestChecks checks;
    private final Quota quota;
    private final Reads reads;

    /** @param blocking runs reads that need the disk or take long; should refuse rather than queue without bound */
    public KvService(Ports ports, KvLimits limits, Executor blocking) {
        this.ports = ports;
        this.headers = new Headers(ports.cluster());
        this.checks = new RequestChecks(limits);
        this.quota = new Quota(ports);
        this.reads = new Reads(ports, limits.maxInlineKeys(), blocking);
    }

    @Override
    public void range(RangeRequest request, StreamObserver<RangeResponse> observer) {
        Reply<RangeResponse> reply = Reply.to(observer);
        reply.guard(() -> {
            checks.check(request);
            read(request.getSerializable(), (view, at) -> answer(request, view, at), reply);
        });
    }

    private RangeResponse answer(RangeRequest request, ReadView view, CommittedState at) {
        return RangeReader.read(request, view).setHeader(headers.of(at)).build();
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
                checks.checkSize(request);
                result = ports.proposer().propose(KvProposals.put(request));
            } else {
                result = quota.refuse();
            }
            reply.sendWhenDone(
                    result,
                    answer -> answer.toBuilder()
                            .setHeader(complete(answer.getHeader()))
                            .build());
        });
    }

    @Override
    public void deleteRange(DeleteRangeRequest request, StreamObserver<DeleteRangeResponse> observer) {
        Reply<DeleteRangeResponse> reply = Reply.to(observer);
        reply.guard(() -> {
            checks.check(request);
            checks.checkSize(request);
            reply.sendWhenDone(
                    ports.proposer().propose(KvProposals.delete(request)),
                    answer -> answer.toBuilder()
                            .setHeader(complete(answer.getHeader()))
                            .build());
        });
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
                read(
                        TxnEvaluator.isSerializable(request),
                        (view, at) -> complete(TxnEvaluator.read(request, view)),
                        reply);
                return;
            }
            checks.checkSize(request);
            reply.sendWhenDone(ports.proposer().propose(KvProposals.transaction(request)), this::complete);
        });
    }

    private TxnResponse complete(TxnResponse answer) {
        return answer.toBuilder().setHeader(complete(answer.getHeader())).build();
    }

    private ResponseHeader complete(ResponseHeader inner) {
        return headers.of(inner.getRevision(), ports.states().committed().term());
    }

    @Override
    public void compact(CompactionRequest request, StreamObserver<CompactionResponse> observer) {
        Reply<CompactionResponse> reply = Reply.to(observer);
        reply.guard(() -> {
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
