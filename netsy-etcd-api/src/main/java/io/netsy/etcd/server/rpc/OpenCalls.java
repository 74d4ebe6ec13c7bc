package io.netsy.etcd.server.rpc;

import io.netsy.etcd.error.EtcdError;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The calls of one question and one answer that have not ended, so that a server that has waited for them long enough can
 * end them. Safe for any thread.
 */
public final class OpenCalls {
    private final Set<UnaryCall<?, ?>> calls = ConcurrentHashMap.newKeySet();
    private volatile boolean stopped;

    OpenCalls() {}

    /** How many are open. */
    public int size() {
        return calls.size();
    }

    /** Ends every call, and every one that still comes, with "server stopped"; whether it had an effect stays unsaid. */
    public void stop() {
        stopped = true;
        calls.forEach(call -> call.cut(EtcdError.STOPPED.status()));
    }

    void add(UnaryCall<?, ?> call) {
        calls.add(call);
        if (stopped) {
            call.cut(EtcdError.STOPPED.status());
        }
    }

    void remove(UnaryCall<?, ?> call) {
        calls.remove(call);
    }
}
