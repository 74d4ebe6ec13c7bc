package io.netsy.etcd.server.forwarded;

import com.google.protobuf.ByteString;
import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.SecurityLevel;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import io.netsy.etcd.forward.MarshalledBytes;
import io.netsy.etcd.forward.Outcome;
import io.netsy.etcd.proto.forward.End;
import io.netsy.etcd.proto.forward.ForwardedAnswer;
import io.netsy.etcd.rpc.Failures;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A request of a stream as its handler sees it: a unary call. The handler may answer on any thread; everything else is the
 * stream's to do.
 */
final class ForwardedCall<Q, R> extends ServerCall<Q, R> {
    private final MethodDescriptor<Q, R> method;
    private final ServerCall<?, ?> stream;
    private final long id;
    private final Context.CancellableContext context;
    private final Consumer<ForwardedCall<?, ?>> whenAnswered;
    private final AtomicBoolean closed = new AtomicBoolean();
    private ServerCall.@Nullable Listener<Q> listener;
    private long heldBytes;
    private @Nullable R message;
    private Status status = Status.OK;
    private End end = End.END_UNSPECIFIED;
    private long index;
    private volatile boolean cancelled;

    /** @param whenAnswered told once, on the thread that answers */
    ForwardedCall(
            MethodDescriptor<Q, R> method,
            ServerCall<?, ?> stream,
            long id,
            Context.CancellableContext context,
            Consumer<ForwardedCall<?, ?>> whenAnswered) {
        this.method = method;
        this.stream = stream;
        this.id = id;
        this.context = context;
        this.whenAnswered = whenAnswered;
    }

    long id() {
        return id;
    }

    void holds(long bytes) {
        heldBytes = bytes;
    }

    long heldBytes() {
        return heldBytes;
    }

    /** Gives the whole request to its handler. */
    void run(ServerCallHandler<Q, R> handler, Metadata headers, ByteString request) {
        context.run(() -> {
            try {
                ServerCall.Listener<Q> opened = handler.startCall(this, headers);
                listener = opened;
                opened.onMessage(method.parseRequest(MarshalledBytes.toStream(request)));
                opened.onHalfClose();
            } catch (RuntimeException failure) {
                close(Failures.toStatus(failure), new Metadata());
            }
        });
    }

    /** Ends it before any handler has seen it. */
    void refuse(Status reason) {
        Metadata trailers = new Metadata();
        trailers.put(Outcome.NOT_SEQUENCED, Outcome.YES);
        close(reason, trailers);
    }

    /** Nobody waits for the answer any more. */
    void cancel() {
        cancelled = true;
        var opened = listener;
        if (opened != null) {
            context.run(opened::onCancel);
        }
        context.cancel(null);
    }

    /** The answer is on its way. */
    void complete() {
        var opened = listener;
        if (opened != null) {
            context.run(opened::onComplete);
        }
        context.cancel(null);
    }

    /** Where the log was committed when it was answered. */
    long index() {
        return index;
    }

    /** The answer, once there is one. */
    ForwardedAnswer answer() {
        ForwardedAnswer.Builder answer = ForwardedAnswer.newBuilder()
                .setId(id)
                .setEnd(end)
                .setCode(status.getCode().value());
        String description = status.getDescription();
        if (description != null) {
            answer.setDescription(description);
        }
        R given = message;
        if (status.isOk() && given != null) {
            answer.setMessage(MarshalledBytes.of(method.streamResponse(given)));
        }
        return answer.build();
    }

    /** All of the request is there already. */
    @Override
    public void request(int numMessages) {}

    /** The headers of answers say nothing. */
    @Override
    public void sendHeaders(Metadata headers) {}

    @Override
    public void sendMessage(R answer) {
        message = answer;
    }

    @Override
    public void close(Status ending, Metadata trailers) {
        if (closed.compareAndSet(false, true)) {
            boolean lacksAnswer = ending.isOk() && message == null;
            status = lacksAnswer ? Status.INTERNAL.withDescription("Completed without a response") : ending;
            end = endOf(trailers);
            index = Outcome.index(trailers);
            whenAnswered.accept(this);
        }
    }

    private static End endOf(Metadata trailers) {
        if (Outcome.YES.equals(trailers.get(Outcome.NOT_SEQUENCED))) {
            return End.END_NOT_SEQUENCED;
        }
        return Outcome.YES.equals(trailers.get(Outcome.ANSWERED)) ? End.END_ANSWERED : End.END_UNSPECIFIED;
    }

    @Override
    public boolean isReady() {
        return !cancelled;
    }

    @Override
    public boolean isCancelled() {
        return cancelled;
    }

    @Override
    public SecurityLevel getSecurityLevel() {
        return stream.getSecurityLevel();
    }

    @Override
    public Attributes getAttributes() {
        return stream.getAttributes();
    }

    @Override
    public @Nullable String getAuthority() {
        return stream.getAuthority();
    }

    @Override
    public MethodDescriptor<Q, R> getMethodDescriptor() {
        return method;
    }
}
