package io.netsy.etcd.rpc;

import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.netsy.etcd.error.EtcdException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How a failure reads on the wire (etcd semantics, section 4). */
public final class Failures {
    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

    private Failures() {}

    /** The status of a failure; one that etcd has no error for is logged here and becomes UNKNOWN with its text. */
    public static Status toStatus(Throwable failure) {
        Throwable cause = unwrap(failure);
        return switch (cause) {
            case EtcdException rejected -> rejected.error().status();
            case StatusRuntimeException known -> known.getStatus();
            case StatusException known -> known.getStatus();
            default -> {
                LOG.error("event=request_failed", cause);
                String text = cause.getMessage();
                yield Status.UNKNOWN.withDescription(text == null ? cause.toString() : text);
            }
        };
    }

    /** What the future's own exceptions were wrapped around. */
    public static Throwable unwrap(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
