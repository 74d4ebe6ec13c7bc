package io.netsy.etcd.server.metrics;

import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.concurrent.atomic.LongAdder;

/** The counters of one gRPC method. They exist before its first call, so that counting is one addition. */
public final class MethodMetrics {
    private static final Status.Code[] CODES = Status.Code.values();

    private final String service;
    private final String method;
    private final String type;
    private final LongAdder started = new LongAdder();
    private final LongAdder messagesReceived = new LongAdder();
    private final LongAdder messagesSent = new LongAdder();
    private final LongAdder[] handled = new LongAdder[CODES.length];

    MethodMetrics(MethodDescriptor<?, ?> descriptor) {
        this.service = String.valueOf(descriptor.getServiceName());
        this.method = String.valueOf(descriptor.getBareMethodName());
        this.type = typeOf(descriptor.getType());
        for (int code = 0; code < handled.length; code++) {
            handled[code] = new LongAdder();
        }
    }

    public void started() {
        started.increment();
    }

    public void received() {
        messagesReceived.increment();
    }

    public void sent() {
        messagesSent.increment();
    }

    public void handled(Status.Code code) {
        handled[code.value()].increment();
    }

    void writeStarted(PrometheusText text, String name) {
        write(text, name, started);
    }

    void writeReceived(PrometheusText text, String name) {
        write(text, name, messagesReceived);
    }

    void writeSent(PrometheusText text, String name) {
        write(text, name, messagesSent);
    }

    void writeHandled(PrometheusText text, String name) {
        for (Status.Code code : CODES) {
            text.sample(
                    name,
                    handled[code.value()].sum(),
                    "grpc_code",
                    nameOf(code),
                    "grpc_method",
                    method,
                    "grpc_service",
                    service,
                    "grpc_type",
                    type);
        }
    }

    private void write(PrometheusText text, String name, LongAdder counter) {
        text.sample(name, counter.sum(), "grpc_method", method, "grpc_service", service, "grpc_type", type);
    }

    /** The words that Go's gRPC metrics use, which dashboards match. */
    private static String typeOf(MethodDescriptor.MethodType type) {
        return switch (type) {
            case UNARY, UNKNOWN -> "unary";
            case CLIENT_STREAMING -> "client_stream";
            case SERVER_STREAMING -> "server_stream";
            case BIDI_STREAMING -> "bidi_stream";
        };
    }

    private static String nameOf(Status.Code code) {
        return switch (code) {
            case OK -> "OK";
            case CANCELLED -> "Canceled";
            case UNKNOWN -> "Unknown";
            case INVALID_ARGUMENT -> "InvalidArgument";
            case DEADLINE_EXCEEDED -> "DeadlineExceeded";
            case NOT_FOUND -> "NotFound";
            case ALREADY_EXISTS -> "AlreadyExists";
            case PERMISSION_DENIED -> "PermissionDenied";
            case RESOURCE_EXHAUSTED -> "ResourceExhausted";
            case FAILED_PRECONDITION -> "FailedPrecondition";
            case ABORTED -> "Aborted";
            case OUT_OF_RANGE -> "OutOfRange";
            case UNIMPLEMENTED -> "Unimplemented";
            case INTERNAL -> "Internal";
            case UNAVAILABLE -> "Unavailable";
            case DATA_LOSS -> "DataLoss";
            case UNAUTHENTICATED -> "Unauthenticated";
        };
    }
}
