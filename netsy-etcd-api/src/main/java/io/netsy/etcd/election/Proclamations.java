package io.netsy.etcd.election;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.netsy.etcd.concurrency.Client;
import io.netsy.etcd.concurrency.Queues;
import io.netsy.etcd.proto.election.LeaderKey;
import io.netsy.etcd.proto.rpc.TxnRequest;
import io.netsy.etcd.proto.rpc.TxnResponse;
import java.util.concurrent.CompletableFuture;

/** New values of a place in an election. */
final class Proclamations {
    private static final String NOT_LEADER = "election: not leader";

    private Proclamations() {}

    /** Puts a value on the leader's key, which must still be the one that the leader was given. */
    static CompletableFuture<TxnResponse> proclaim(Client client, LeaderKey leader, long lease, ByteString value) {
        ByteString key = leader.getKey();
        TxnRequest update = Queues.update(key, leader.getRev(), Queues.put(key, value, lease));
        return client.txn(update).thenApply(answer -> {
            if (!answer.getSucceeded()) {
                throw Status.UNKNOWN.withDescription(NOT_LEADER).asRuntimeException();
            }
            return answer;
        });
    }
}
