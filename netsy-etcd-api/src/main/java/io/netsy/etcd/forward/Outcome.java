package io.netsy.etcd.forward;

import io.grpc.Metadata;
import io.grpc.Status;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.proto.forward.End;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What is known of a request that was passed on, once its call has ended. Only what the receiver itself said counts: gRPC
 * makes up a status too, from whatever happened on the way.
 */
public sealed interface Outcome {
    /** The primary answered. */
    record Answer(Status status) implements Outcome {}

    /** The request is certainly not in the log, and will not be. */
    record NotSequenced() implements Outcome {}

    /** It may be in the log, or get there yet. */
    record Unknown() implements Outcome {}

    /** Stands in the trailers of a call whose receiver refused it before its handler saw it. */
    Metadata.Key<String> NOT_SEQUENCED = Metadata.Key.of("netsy-not-sequenced", Metadata.ASCII_STRING_MARSHALLER);

    /** Stands in the trailers of a call that its receiver's handler ended. */
    Metadata.Key<String> ANSWERED = Metadata.Key.of("netsy-answered", Metadata.ASCII_STRING_MARSHALLER);

    /** Stands beside it: where the receiver's log was committed by then, behind the request's entry if it has one. */
    Metadata.Key<String> INDEX = Metadata.Key.of("netsy-index", Metadata.ASCII_STRING_MARSHALLER);

    String YES = "1";

    /** By their texts, which nothing but a server of etcd's API has. */
    Map<String, EtcdError> ERRORS =
            Arrays.stream(EtcdError.values()).collect(Collectors.toUnmodifiableMap(EtcdError::message, error -> error));

    /** The index of the log in the trailers of a call; 0 where there is none. */
    static long index(Metadata trailers) {
        String index = trailers.get(INDEX);
        try {
            return index == null ? 0 : Long.parseLong(index);
        } catch (NumberFormatException notWrittenByANode) {
            return 0;
        }
    }

    /**
     * Reads the end of a call.
     *
     * @param left whether a connection took the call
     */
    static Outcome of(Status status, Metadata trailers, boolean left) {
        return !left || YES.equals(trailers.get(NOT_SEQUENCED))
                ? new NotSequenced()
                : of(status, YES.equals(trailers.get(ANSWERED)));
    }

    /** Reads the end of a request that a stream carried. */
    static Outcome of(Status status, End end) {
        return end == End.END_NOT_SEQUENCED ? new NotSequenced() : of(status, end == End.END_ANSWERED);
    }

    private static Outcome of(Status status, boolean answered) {
        return status.isOk() || answered || isEtcdError(status) ? new Answer(status) : new Unknown();
    }

    private static boolean isEtcdError(Status status) {
        String text = status.getDescription();
        EtcdError error = text == null ? null : ERRORS.get(text);
        return error != null && error.status().getCode() == status.getCode();
    }
}
