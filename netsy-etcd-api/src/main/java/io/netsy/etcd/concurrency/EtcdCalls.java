package io.netsy.etcd.concurrency;

import io.grpc.Context;
import io.netsy.etcd.proto.rpc.KVGrpc;
import io.netsy.etcd.proto.rpc.LeaseGrpc;

/**
 * The way in which a service uses the KV and Lease services on behalf of its own caller: by their handlers, exactly as a
 * client does, so that quota, checks and permissions are judged where they are judged for clients.
 */
public final class EtcdCalls {
    private final KVGrpc.AsyncService keys;
    private final LeaseGrpc.AsyncService leases;

    /** Calls of these two services' handlers. */
    public EtcdCalls(KVGrpc.AsyncService keys, LeaseGrpc.AsyncService leases) {
        this.keys = keys;
        this.leases = leases;
    }

    /**
     * Whoever makes the call that is being handled, with everything that gRPC's context knows of it. To be asked for
     * in the handler; stays usable after the call has ended.
     */
    public Client client() {
        return new Client(keys, leases, Context.current());
    }
}
