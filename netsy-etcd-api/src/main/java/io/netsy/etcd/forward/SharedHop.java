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
import io.netsy.etcd.proto.forward.ForwardedRequest;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A request on the stream that many share: for a small one that is answered soon, once, and not at length. */
final class SharedHop<Q, R> implements Hop<Q, R> {
    private static final int MAX_REQUEST_BYTES = 64 << 10;

    private final Route.Remote route;
    private final Relay<Q, R> relay;
    private final IncomingCall<Q, R> incoming;
    private @Nullable Ride ride;

    SharedHop(Route.Remote route, Relay<Q, R> relay, IncomingCall<Q, R> incoming) {
        this.route = route;
        this.relay = relay;
        this.incoming = incoming;
    }

    /** Whether the stream is for such a call. */
    static boolean mayCarry(IncomingCall<?, ?> incoming, Object request) {
        MethodDescriptor<?, ?> method = incoming.method();
        return method.getType() == MethodType.UNARY
                && ForwardedMethods.of(method) != ForwardedMethods.READ
                && !ForwardedMethods.mayWait(method)
                && request instanceof MessageLite message
                && message.getSerializedSize() <= MAX_REQUEST_BYTES;
    }

    @Override
    public Route.Remote route() {
        return route;
    }

    @Override
    public void send(Q message) {
        ForwardedRequest.Builder request = ForwardedRequest.newBuilder()
                .setMethod(incoming.method().getFullMethodName())
                .addAllHeaders(RelayHeaders.listOf(incoming.headers(), incoming.user()))
                .setMessage(MarshalledBytes.of(incoming.method().streamRequest(message)));
        Ride started = new Ride(request, request.getMessage().size());
        ride = started;
        route.link().stream().send(started);
    }

    @Override
    public void cancel(String reason) {
        Ride started = ride;
        if (started != null && !started.over) {
            route.link().stream().cancel(started);
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
