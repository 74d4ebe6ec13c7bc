package io.netsy.etcd.server.rpc;

import io.grpc.Attributes;
import java.util.concurrent.Executor;

/** What a call knows of the connection it came over, as transport attributes. */
public final class Connection {
    /** Runs tasks on the thread that delivers the connection's calls. */
    public static final Attributes.Key<Executor> THREAD = Attributes.Key.create("netsy-connection-thread");

    private Connection() {}
}
