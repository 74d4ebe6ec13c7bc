package io.netsy.etcd.server.gateway;

import io.grpc.Status;
import io.netsy.etcd.server.web.HttpReply;

/** Failures as the gateway answers them (etcd semantics, section 18). */
final class Replies {
    private Replies() {}

    /** The answer to a call of one answer. */
    static HttpReply of(Status failure) {
        HttpReply reply = HttpReply.json(httpStatus(failure.getCode()), Json.error(failure));
        String text = failure.getDescription();
        return failure.getCode() == Status.Code.UNAUTHENTICATED && text != null
                ? reply.with("WWW-Authenticate", text)
                : reply;
    }

    /** The answer to a call of many answers that failed before the first. */
    static HttpReply ofStream(Status failure) {
        return HttpReply.json(httpStatus(failure.getCode()), Json.errorLine(failure));
    }

    /** A call's end in the words of etcd's gRPC library where its client side speaks. */
    static Status reword(Status end) {
        return switch (end.getCode()) {
            case DEADLINE_EXCEEDED -> end.withDescription("context deadline exceeded");
            case CANCELLED -> end.withDescription("context canceled");
            default -> end;
        };
    }

    static int httpStatus(Status.Code code) {
        return switch (code) {
            case OK -> 200;
            case CANCELLED -> 499;
            case INVALID_ARGUMENT, FAILED_PRECONDITION, OUT_OF_RANGE -> 400;
            case UNAUTHENTICATED -> 401;
            case PERMISSION_DENIED -> 403;
            case NOT_FOUND -> 404;
            case ALREADY_EXISTS, ABORTED -> 409;
            case RESOURCE_EXHAUSTED -> 429;
            case UNIMPLEMENTED -> 501;
            case UNAVAILABLE -> 503;
            case DEADLINE_EXCEEDED -> 504;
            case UNKNOWN, INTERNAL, DATA_LOSS -> 500;
        };
    }
}
