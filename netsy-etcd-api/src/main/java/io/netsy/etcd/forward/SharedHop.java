package io.netsy.etcd.forward;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.grpc.Deadline;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.forward.PrimaryRoute.Route;
import io.netsy.etcd.proto.forward.ForwardedAnswer;
import io.netsy.etcd.proto.forward.ForwardedHeader;
import io.netsy.etcd.proto.forward.ForwardedRequest;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A request on the stream that many share: for a small one that is answered soon, once, and not at length. */
final class SharedHop<Q, R> implements Hop<Q, R> {
    /** With its headers. */
    private static final int MAX_REQUEST_BYTES = 64 << 10;

    /** The fields around the bytes, at most. */
    private static final int FRAMING_BYTES = 64;

    private final Route.Remote route;
    private final Relay<Q, R> relay;
    private final IncomingCall<Q, R> incoming;
    private final Ride ride;

    private SharedHop(
            Route.Remote route, Relay<Q, R> relay, IncomingCall<Q, R> incoming, ForwardedRequest.Builder request) {
        this.route = route;
        this.relay = relay;
        this.incoming = incoming;
        this.ride = new Ride(request, sizeOf(request));
    }

    /** One for this request, if the stream is for such. */
    static <Q, R> Optional<Hop<Q, R>> of(
            Route.Remote route, Relay<Q, R> relay, IncomingCall<Q, R> incoming, Q message) {
        if (!isAnsweredSoon(incoming.method())
                || !(message instanceof MessageLite sized)
                || sized.getSerializedSize() > MAX_REQUEST_BYTES) {
            return Optional.empty();
        }
        ForwardedRequest.Builder request = ForwardedRequest.newBuilder()
                .setMethod(incoming.method().getFullMethodName())
                .addAllHeaders(RelayHeaders.listOf(incoming.headers(), incoming.user()))
                .setMessage(MarshalledBytes.of(incoming.method().streamRequest(message)));
        return sizeOf(request) > MAX_REQUEST_BYTES
                ? Optional.empty()
                : Optional.of(new SharedHop<>(route, relay, incoming, request));
    }

    private static boolean isAnsweredSoon(MethodDescriptor<?, ?> method) {
        return method.getType() == MethodType.UNARY
                && ForwardedMethods.of(method) != ForwardedMethods.READ
                && !ForwardedMethods.mayWait(method);
    }

    private static int sizeOf(ForwardedRequest.Builder request) {
        int bytes = FRAMING_BYTES + request.getMessage().size();
        for (ForwardedHeader header : request.getHeadersList()) {
            bytes += header.getSerializedSize();
        }
        return bytes;
    }

    @Override
    public Route.Remote route() {
        return route;
    }

    /** The request is known since the beginning. */
    @Override
    public void send(Q message) {
        route.link().stream().send(ride);
    }

    @Override
    public void cancel(String reason) {
        if (!ride.over) {
            route.link().stream().cancel(ride);
        }
    }

    /** One answer comes, whatever is asked for. */
    @Override
    public void request(int count) {}

    /** A request is sent whole. */
    @Override
    public void halfClose() {}

    @Override
    public boolean isReady() {
        return true;
    }

    private R read(ByteString answer) {
        try {
            return incoming.method().parseResponse(MarshalledBytes.toStream(answer));
        } catch (StatusRuntimeException malformed) {
            // Whatever it says, the request was taken.
            throw EtcdError.TIMED_OUT.exception();
        }
    }

    private final class Ride extends SharedStream.Passenger {
        private volatile boolean over;

        Ride(ForwardedRequest.Builder request, int sizeBytes) {
            super(request, sizeBytes);
        }

        @Override
        void complete(ForwardedRequest.Builder request) {
            Deadline deadline = incoming.context().getDeadline();
            if (deadline != null) {
                request.setRemainingNanos(Math.max(0, deadline.timeRemaining(TimeUnit.NANOSECONDS)));
            }
        }

        @Override
        void handleAnswer(ForwardedAnswer answer) {
            over = true;
            Status status = Status.fromCodeValue(answer.getCode());
            Status described =
                    answer.getDescription().isEmpty() ? status : status.withDescription(answer.getDescription());
            Outcome outcome = Outcome.of(described, answer.getEnd());
            relay.step(() -> {
                if (described.isOk()) {
                    relay.handleAnswer(SharedHop.this, read(answer.getMessage()));
                }
                relay.handleOutcome(SharedHop.this, outcome);
            });
        }

        @Override
        void handleEnd(Outcome outcome) {
            over = true;
            relay.step(() -> relay.handleOutcome(SharedHop.this, outcome));
        }
    }
}
