package io.netsy.etcd.server.forwarded;

import io.grpc.Context;
import io.grpc.InternalMetadata;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.load.ConnectionLoad;
import io.netsy.etcd.load.Costs;
import io.netsy.etcd.load.Resource;
import io.netsy.etcd.proto.forward.ForwardedAnswer;
import io.netsy.etcd.proto.forward.ForwardedAnswers;
import io.netsy.etcd.proto.forward.ForwardedHeader;
import io.netsy.etcd.proto.forward.ForwardedRequest;
import io.netsy.etcd.proto.forward.ForwardedRequests;
import io.netsy.etcd.server.rpc.Connection;
import io.netsy.etcd.server.rpc.Malformed;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stream of requests.
 *
 * <ol>
 *   <li>Each request of a message is given to its handler. More are asked for when those that wait for their answers
 *       hold less than {@link #MAX_HELD_BYTES}.
 *   <li>An answer, from any thread, is queued. What is queued by the time the connection's thread gets there goes in one
 *       message.
 *   <li>The stream ends at what is no request; when the other side has no more; and when this one stops. The last two
 *       once all is answered.
 * </ol>
 *
 * <p>All state is that of {@link #steps}, which the connection's thread runs.
 */
final class RequestStream extends ServerCall.Listener<Object> {
    /** Some thousands of small requests. */
    static final long MAX_HELD_BYTES = 16 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(RequestStream.class);
    private static final int MESSAGE_BYTES = 256 << 10;

    private final ServerCall<Object, ForwardedAnswers> call;
    private final RequestStreams streams;
    private final ConnectionLoad load;
    private final Executor thread;
    private final SynchronizationContext steps = new SynchronizationContext((_, failure) -> fail(failure));
    private final Map<Long, ForwardedCall<?, ?>> open = new HashMap<>();
    private final Queue<ForwardedCall<?, ?>> answered = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean woken = new AtomicBoolean();
    private long heldBytes;
    private boolean asked;
    private boolean ending;
    private boolean ended;

    RequestStream(ServerCall<Object, ForwardedAnswers> call, RequestStreams streams) {
        this.call = call;
        this.streams = streams;
        this.load = ConnectionLoad.of(call.getAttributes());
        Executor connectionThread = call.getAttributes().get(Connection.THREAD);
        this.thread = connectionThread == null ? Runnable::run : connectionThread;
    }

    void begin() {
        steps.execute(() -> {
            call.sendHeaders(new Metadata());
            maybeAsk();
        });
    }

    /** Refuses what still comes, and ends when all is answered. */
    void stop() {
        thread.execute(() -> steps.execute(this::end));
    }

    private void end() {
        ending = true;
        maybeClose();
    }

    private void maybeClose() {
        if (ending && open.isEmpty()) {
            close(Status.OK);
        }
    }

    private void close(Status status) {
        if (!ended) {
            ended = true;
            call.close(status, new Metadata());
            abandon();
        }
    }

    /** Nobody hears the answers any more; what was sequenced stays so. */
    private void abandon() {
        streams.ended(this);
        List.copyOf(open.values()).forEach(this::cancel);
    }

    private void fail(Throwable failure) {
        LOG.error("a stream of requests failed peer={}", call.getAttributes(), failure);
        close(Status.INTERNAL.withDescription("netsy: internal error: " + failure));
    }

    private void maybeAsk() {
        if (!asked && !ended && heldBytes < MAX_HELD_BYTES) {
            asked = true;
            call.request(1);
        }
    }

    @Override
    public void onMessage(Object message) {
        steps.execute(() -> {
            asked = false;
            switch (message) {
                case ForwardedRequests requests -> handle(requests);
                case Malformed malformed -> close(malformed.status());
                default -> throw new IllegalStateException("read as " + message.getClass());
            }
            maybeAsk();
        });
    }

    private void handle(ForwardedRequests requests) {
        for (ForwardedRequest request : requests.getRequestsList()) {
            if (ended) {
                return;
            }
            handle(request);
        }
        for (long id : requests.getCancelledList()) {
            ForwardedCall<?, ?> cancelled = open.get(id);
            if (cancelled != null) {
                cancel(cancelled);
            }
        }
    }

    private void handle(ForwardedRequest request) {
        if (open.containsKey(request.getId())) {
            close(Status.INVALID_ARGUMENT.withDescription("netsy: id %d is used twice".formatted(request.getId())));
            return;
        }
        try {
            start(streams.method(request.getMethod()), request);
        } catch (IllegalArgumentException unknown) {
            close(Status.UNIMPLEMENTED.withDescription("netsy: " + unknown.getMessage()));
        }
    }

    private <Q, R> void start(ServerMethodDefinition<Q, R> method, ForwardedRequest request) {
        ForwardedCall<Q, R> started = new ForwardedCall<>(
                method.getMethodDescriptor(), call, request.getId(), contextOf(request), this::answered);
        started.holds(request.getSerializedSize() + Costs.FORWARDED);
        open.put(request.getId(), started);
        hold(started.heldBytes());
        if (ending) {
            started.refuse(EtcdError.NO_LEADER.status());
        } else {
            started.run(method.getServerCallHandler(), headersOf(request), request.getMessage());
        }
    }

    private void hold(long bytes) {
        heldBytes += bytes;
        load.add(Resource.HEAP, bytes);
    }

    private Context.CancellableContext contextOf(ForwardedRequest request) {
        return request.hasRemainingNanos()
                ? Context.ROOT.withDeadlineAfter(request.getRemainingNanos(), TimeUnit.NANOSECONDS, streams.timer())
                : Context.ROOT.withCancellation();
    }

    private static Metadata headersOf(ForwardedRequest request) {
        byte[][] namesAndValues = new byte[request.getHeadersCount() * 2][];
        int next = 0;
        for (ForwardedHeader header : request.getHeadersList()) {
            namesAndValues[next++] = header.getName().toByteArray();
            namesAndValues[next++] = header.getValue().toByteArray();
        }
        return InternalMetadata.newMetadata(namesAndValues);
    }

    private void cancel(ForwardedCall<?, ?> cancelled) {
        release(cancelled);
        cancelled.cancel();
    }

    private void release(ForwardedCall<?, ?> done) {
        open.remove(done.id());
        hold(-done.heldBytes());
    }

    /** An answer is there. On any thread. */
    private void answered(ForwardedCall<?, ?> done) {
        answered.add(done);
        if (woken.compareAndSet(false, true)) {
            thread.execute(() -> steps.execute(this::flush));
        }
    }

    private void flush() {
        woken.set(false);
        ForwardedAnswers.Builder message = ForwardedAnswers.newBuilder();
        int bytes = 0;
        for (ForwardedCall<?, ?> done = answered.poll(); done != null; done = answered.poll()) {
            if (done.equals(open.get(done.id()))) {
                release(done);
                ForwardedAnswer answer = done.answer();
                message.addAnswers(answer).setIndex(Math.max(message.getIndex(), done.index()));
                bytes += answer.getSerializedSize();
                done.complete();
            }
            if (bytes >= MESSAGE_BYTES) {
                send(message);
                message = ForwardedAnswers.newBuilder();
                bytes = 0;
            }
        }
        send(message);
        maybeAsk();
        maybeClose();
    }

    private void send(ForwardedAnswers.Builder message) {
        if (!ended && message.getAnswersCount() > 0) {
            call.sendMessage(message.build());
        }
    }

    @Override
    public void onHalfClose() {
        steps.execute(this::end);
    }

    @Override
    public void onCancel() {
        steps.execute(() -> {
            ended = true;
            abandon();
        });
    }
}
