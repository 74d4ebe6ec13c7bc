package io.netsy.etcd.election;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.netsy.etcd.concurrency.Client;
import io.netsy.etcd.concurrency.EtcdCalls;
import io.netsy.etcd.concurrency.PatientReply;
import io.netsy.etcd.concurrency.Queues;
import io.netsy.etcd.concurrency.Turns;
import io.netsy.etcd.port.StateSource;
import io.netsy.etcd.proto.election.CampaignRequest;
import io.netsy.etcd.proto.election.CampaignResponse;
import io.netsy.etcd.proto.election.ElectionGrpc;
import io.netsy.etcd.proto.election.LeaderKey;
import io.netsy.etcd.proto.election.LeaderRequest;
import io.netsy.etcd.proto.election.LeaderResponse;
import io.netsy.etcd.proto.election.ProclaimRequest;
import io.netsy.etcd.proto.election.ProclaimResponse;
import io.netsy.etcd.proto.election.ResignRequest;
import io.netsy.etcd.proto.election.ResignResponse;
import io.netsy.etcd.proto.rpc.RangeResponse;
import io.netsy.etcd.rpc.Headers;
import java.util.concurrent.CompletableFuture;

/** etcd's Election service (etcd semantics, section 14). Handlers never block, and a call that waits costs no thread. */
public final class ElectionService extends ElectionGrpc.ElectionImplBase {
    private static final String NO_LEADER = "election: no leader";
    private static final String LEADER_MISSING = "\"leader\" field must be provided";

    private final EtcdCalls etcd;
    private final Turns turns;
    private final StateSource states;
    private final Headers headers;

    /**
     * A service that works through others' handlers, and whose callers wait in {@code turns}.
     *
     * @param states what the headers of observed values tell the term from
     */
    public ElectionService(EtcdCalls etcd, Turns turns, StateSource states, Headers headers) {
        this.etcd = etcd;
        this.turns = turns;
        this.states = states;
        this.headers = headers;
    }

    @Override
    public void campaign(CampaignRequest request, StreamObserver<CampaignResponse> observer) {
        PatientReply<CampaignResponse> reply = PatientReply.to(observer);
        Campaign campaign = new Campaign(request, etcd.client(), turns, reply.abandoned());
        reply.send(campaign::run);
    }

    /** As in etcd, a leader key without a lease gets a new one of 60 s with its value. */
    @Override
    public void proclaim(ProclaimRequest request, StreamObserver<ProclaimResponse> observer) {
        Client client = etcd.client();
        PatientReply.to(observer).send(() -> {
            LeaderKey leader = required(request.hasLeader(), request.getLeader());
            return client.leaseOrNew(leader.getLease())
                    .thenCompose(lease -> Proclamations.proclaim(client, leader, lease, request.getValue()))
                    .thenApply(answer -> ProclaimResponse.newBuilder()
                            .setHeader(answer.getHeader())
                            .build());
        });
    }

    /** Who does not lead any more resigns well. */
    @Override
    public void resign(ResignRequest request, StreamObserver<ResignResponse> observer) {
        Client client = etcd.client();
        PatientReply.to(observer).send(() -> {
            LeaderKey leader = required(request.hasLeader(), request.getLeader());
            return client.txn(Queues.leave(leader.getKey(), leader.getRev()))
                    .thenApply(answer -> ResignResponse.newBuilder()
                            .setHeader(answer.getHeader())
                            .build());
        });
    }

    @Override
    public void leader(LeaderRequest request, StreamObserver<LeaderResponse> observer) {
        Client client = etcd.client();
        PatientReply.to(observer).send(() -> leader(request, client));
    }

    private static CompletableFuture<LeaderResponse> leader(LeaderRequest request, Client client) {
        return client.range(Queues.oldest(Queues.prefix(request.getName()))).thenApply(ElectionService::leaderOf);
    }

    private static LeaderResponse leaderOf(RangeResponse oldest) {
        if (oldest.getKvsCount() == 0) {
            throw Status.UNKNOWN.withDescription(NO_LEADER).asRuntimeException();
        }
        return LeaderResponse.newBuilder()
                .setHeader(oldest.getHeader())
                .setKv(oldest.getKvs(0))
                .build();
    }

    @Override
    public void observe(LeaderRequest request, StreamObserver<LeaderResponse> observer) {
        ServerCallStreamObserver<LeaderResponse> stream = (ServerCallStreamObserver<LeaderResponse>) observer;
        new Observation(
                        Queues.prefix(request.getName()),
                        etcd.client(),
                        turns,
                        new LeaderStream(stream),
                        revision -> headers.of(revision, states.committed().term()))
                .start();
    }

    private static LeaderKey required(boolean present, LeaderKey leader) {
        if (!present) {
            throw Status.UNKNOWN.withDescription(LEADER_MISSING).asRuntimeException();
        }
        return leader;
    }
}
