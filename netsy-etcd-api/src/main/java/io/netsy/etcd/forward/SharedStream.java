package io.netsy.etcd.forward;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
import io.netsy.etcd.proto.forward.ForwardGrpc;
import io.netsy.etcd.proto.forward.ForwardedAnswer;
import io.netsy.etcd.proto.forward.ForwardedAnswers;
import io.netsy.etcd.proto.forward.ForwardedRequest;
import io.netsy.etcd.proto.forward.ForwardedRequests;
import io.netsy.etcd.rpc.Failures;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The one stream on which requests of many clients go to the primary, each once; opened when there is something to send.
 *
 * <ol>
 *   <li>A request is queued, by any thread. What is queued by the time the sender gets there, and the connection takes,
 *       goes in one message.
 *   <li>Answers come in any order, many in one message. They are given once this node has applied what they tell of.
 *   <li>When the stream ends, what was sent and not answered is of unknown outcome, and what was not is certainly not
 *       sequenced: it goes on the next stream if it came while this one was open, once.
 * </ol>
 *
 * <p>All state is that of {@link #steps}. Safe for any thread; never blocks.
 */
final class SharedStream {
    private static final int MESSAGE_BYTES = 256 << 10;

    private final PrimaryLink link;
    private final Executor sender;
    private final SynchronizationContext steps = new SynchronizationContext((_, failure) -> fail(failure));
    private final Queue<Passenger> queued = new ConcurrentLinkedQueue<>();
    private final Queue<Passenger> left = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean woken = new AtomicBoolean();
    private @Nullable Stream current;
    private long lastId;

    SharedStream(PrimaryLink link, Executor sender) {
        this.link = link;
        this.sender = sender;
    }

    /** A request on its way. All but {@link #cancel} is called by the stream. */
    abstract static class Passenger {
        private final ForwardedRequest.Builder request;
        private final int sizeBytes;
        private long id;
        private boolean passedOver;
        private volatile boolean unwanted;

        /** @param request whole but for its id */
        Passenger(ForwardedRequest.Builder request, int sizeBytes) {
            this.request = request;
            this.sizeBytes = sizeBytes;
        }

        /** Completes what changes while it waits; called right before it is sent. */
        abstract void complete(ForwardedRequest.Builder request);

        abstract void handleAnswer(ForwardedAnswer answer);

        /** It ended without an answer. */
        abstract void handleEnd(Outcome outcome);
    }

    void send(Passenger passenger) {
        queued.add(passenger);
        wake();
    }

    /** Nobody wants its answer; if it was not sent it will not be. */
    void cancel(Passenger passenger) {
        passenger.unwanted = true;
        left.add(passenger);
        wake();
    }

    private void wake() {
        if (woken.compareAndSet(false, true)) {
            try {
                sender.execute(() -> steps.execute(this::flush));
            } catch (RejectedExecutionException stopping) {
                steps.execute(this::flush);
            }
        }
    }

    private void fail(Throwable failure) {
        Stream failed = current;
        if (failed != null) {
            failed.call.cancel("the stream of requests failed", failure);
        }
        var _ = Failures.toStatus(failure);
    }

    private void flush() {
        woken.set(false);
        forgetUnwanted();
        if (current == null && !queued.isEmpty()) {
            open();
        }
        Stream open = current;
        if (open != null) {
            open.flush();
        }
    }

    /** In no call's context: the stream outlives the call that it is opened for. */
    private void open() {
        Context before = Context.ROOT.attach();
        try {
            Stream next = new Stream();
            current = next;
            next.call.start(next, new Metadata());
            next.call.request(2);
        } finally {
            Context.ROOT.detach(before);
        }
    }

    private void forgetUnwanted() {
        Stream open = current;
        boolean any = false;
        for (Passenger gone = left.poll(); gone != null; gone = left.poll()) {
            any |= open == null || !open.forget(gone);
        }
        if (any) {
            queued.removeIf(passenger -> passenger.unwanted);
        }
    }

    private void ended(Stream stream, boolean taken) {
        if (stream.equals(current)) {
            current = null;
        }
        List<Passenger> refused = new ArrayList<>();
        for (Iterator<Passenger> all = queued.iterator(); all.hasNext(); ) {
            Passenger passenger = all.next();
            if (!taken || passenger.passedOver) {
                all.remove();
                refused.add(passenger);
            }
            passenger.passedOver = true;
        }
        refused.forEach(passenger -> passenger.handleEnd(new Outcome.NotSequenced()));
        if (!queued.isEmpty()) {
            wake();
        }
    }

    /** An answer that is here. */
    private record Arrival(Passenger asked, ForwardedAnswer answer) {
        void handle() {
            asked.handleAnswer(answer);
        }
    }

    /** A stream as long as it is open. */
    private final class Stream extends ClientCall.Listener<ForwardedAnswers> {
        private final ClientCall<ForwardedRequests, ForwardedAnswers> call =
                link.channel().newCall(ForwardGrpc.getExchangeMethod(), CallOptions.DEFAULT);
        private final Map<Long, Passenger> sent = new LinkedHashMap<>();
        private final List<Long> cancelled = new ArrayList<>();
        private boolean taken;
        private boolean ended;

        /** Has the primary told that nobody wants the answer; false if it was not asked, or has answered. */
        boolean forget(Passenger gone) {
            boolean asked = sent.remove(gone.id, gone);
            if (asked) {
                cancelled.add(gone.id);
            }
            return asked;
        }

        /** Sends what is queued as far as the connection takes it. */
        void flush() {
            while (!ended && call.isReady() && !(queued.isEmpty() && cancelled.isEmpty())) {
                taken = true;
                call.sendMessage(nextMessage());
            }
        }

        private ForwardedRequests nextMessage() {
            ForwardedRequests.Builder message = ForwardedRequests.newBuilder();
            for (int bytes = 0; bytes < MESSAGE_BYTES; ) {
                Passenger next = queued.poll();
                if (next == null) {
                    break;
                }
                if (!next.unwanted) {
                    bytes += next.sizeBytes;
                    message.addRequests(depart(next));
                }
            }
            message.addAllCancelled(cancelled);
            cancelled.clear();
            return message.build();
        }

        private ForwardedRequest depart(Passenger next) {
            next.id = ++lastId;
            sent.put(next.id, next);
            next.complete(next.request);
            return next.request.setId(next.id).build();
        }

        @Override
        public void onReady() {
            steps.execute(this::flush);
        }

        @Override
        public void onMessage(ForwardedAnswers answers) {
            steps.execute(() -> {
                call.request(1);
                List<Arrival> arrivals = new ArrayList<>(answers.getAnswersCount());
                for (ForwardedAnswer answer : answers.getAnswersList()) {
                    Passenger asked = sent.remove(answer.getId());
                    if (asked != null) {
                        arrivals.add(new Arrival(asked, answer));
                    }
                }
                // Whoever applies only brings the news: the answers are this stream's, and so is what goes wrong with
                // them.
                link.ownCopy()
                        .whenApplied(answers.getIndex(), () -> steps.execute(() -> arrivals.forEach(Arrival::handle)));
            });
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            steps.execute(() -> {
                ended = true;
                if (!taken) {
                    link.retryConnecting();
                }
                List<Passenger> unknown = List.copyOf(sent.values());
                sent.clear();
                unknown.forEach(passenger -> passenger.handleEnd(new Outcome.Unknown()));
                SharedStream.this.ended(this, taken);
            });
        }
    }
}
