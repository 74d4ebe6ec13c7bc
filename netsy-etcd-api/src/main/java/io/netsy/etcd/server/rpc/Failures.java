package io.netsy.etcd.server.rpc;

import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.netsy.etcd.error.EtcdException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a handler's exception is to the client. */
final class Failures {
    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

    private Failures() {}

    /** The status to close the call with; a fault that is no answer is logged with its stack. */
    static Status statusOf(Throwable failure, ServerCall<?, ?> call) {
        return switch (failure) {
            case EtcdException answer -> answer.error().status();
            case StatusRuntimeException answer -> answer.getStatus();
            case StatusException answer -> answer.getStatus();
            default -> {
                LOG.error(
                        "a handler failed method={}", call.getMethodDescriptor().getFullMethodName(), failure);
                yield Status.UNKNOWN.withDescription("netsy: internal error: " + failure);
            }
        };
    }
}
