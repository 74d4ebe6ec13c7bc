package io.netsy.etcd.watch;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.load.ConnectionLoad;
import io.netsy.etcd.port.CommitListener;
import io.netsy.etcd.port.CommittedState;
import io.netsy.etcd.proto.rpc.WatchRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All watches of a node: takes commits on one side and gRPC streams on the other (etcd semantics, section 11).
 *
 * <p>Every state that {@link io.netsy.etcd.port.StateSource#committed} shows must soon be announced by {@link #onCommitted} or {@link #reset}, in
 * order. A state whose revision is ahead of the announced events, as after the replica was loaded from a snapshot, is
 * well: watchers read what lies between from history, and are cancelled where that is compacted. Revisions that were
 * announced already are ignored.
 *
 * <p>Safe for any thread. No method blocks, for a disk or for a client.
 */
public final class WatchHub implements CommitListener {
    private static final Logger LOG = LoggerFactory.getLogger(WatchHub.class);
    private static final Metadata.Key<String> HAS_LEADER =
            Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER);

    private final WatchPorts ports;
    private final WatchRuntime runtime;
    private final WatchSettings settings;
    private final WatchCounters counters = new WatchCounters();
    private final CommitInbox inbox;
    private final Mailbox mailbox;
    private final Dispatcher dispatcher;

    /** A hub that knows the state of {@code ports} at this moment; commits from then on are to be announced. */
    public WatchHub(WatchPorts ports, WatchRuntime runtime, WatchSettings settings) {
        this.ports = ports;
        this.runtime = runtime;
        this.settings = settings;
        this.inbox = new CommitInbox(settings.memory());
        this.mailbox = new Mailbox(runtime.dispatcher(), this::startOver);
        this.dispatcher = new Dispatcher(ports, runtime, settings, mailbox, counters);
    }

    /**
     * Delivers a commit before it returns, where that is little work and the dispatcher has no other: then the events are on
     * their way before the writes are answered, and a client that writes and watches is not behind itself. Else hands it
     * over to the dispatcher. Takes time in proportion to its events, and never waits.
     */
    @Override
    public void onCommitted(Commit commit) {
        if (inbox.add(commit) && !mailbox.tryRun(() -> deliverOrLeave(commit))) {
            mailbox.execute(this::deliver);
        }
    }

    private void deliverOrLeave(Commit commit) {
        if (dispatcher.canDeliverWithin(runtime.stepsWhileCommitting(), commit)) {
            deliver();
        } else {
            mailbox.execute(this::deliver);
        }
    }

    private void deliver() {
        dispatcher.dispatch(inbox.takeAll());
    }

    /**
     * The store was replaced by one whose history may differ: ends all streams, with an error upon which clients
     * resume from the last revision they saw.
     */
    public void reset(CommittedState replacement) {
        mailbox.execute(() -> dispatcher.restart(replacement, EtcdError.LEADER_CHANGED.status()));
    }

    /** There was no leader for too long: ends the streams that were opened with {@code hasleader}. */
    public void onLeaderLost() {
        mailbox.execute(dispatcher::loseLeader);
    }

    /** The server stops: ends all streams, with an error upon which clients resume elsewhere, and opens no others. */
    public void stop() {
        mailbox.execute(dispatcher::stop);
    }

    public WatchStats stats() {
        return counters.snapshot();
    }

    /** Takes a client's stream into service. */
    ServerCall.Listener<WatchRequest> open(ServerCall<WatchRequest, WatchFrame> call, Metadata headers) {
        return new StreamListener(call, headers);
    }

    private void startOver(Throwable failure) {
        LOG.error("watch dispatcher failed; all watch streams are ended so that clients resume", failure);
        dispatcher.restart(ports.states().committed(), EtcdError.STOPPED.status());
    }

    /** The gRPC side of one stream: translates calls into tasks of the dispatcher. */
    private final class StreamListener extends ServerCall.Listener<WatchRequest> implements Outbox.Listener {
        private final CreateRequests createRequests;
        private final WatchStream stream;

        StreamListener(ServerCall<WatchRequest, WatchFrame> call, Metadata headers) {
            this.createRequests = new CreateRequests(ports.authorizer().open());
            Outbox outbox = new Outbox(call, settings.outbound(), counters, this);
            this.stream = new WatchStream(
                    outbox, ConnectionLoad.of(call.getAttributes()), "true".equals(headers.get(HAS_LEADER)));
            mailbox.execute(() -> dispatcher.open(stream));
        }

        @Override
        public void onMessage(WatchRequest request) {
            long revision = ports.states().committed().state().revision();
            WatchCommand command = commandOf(request);
            mailbox.execute(() -> dispatcher.receive(stream, command, revision));
        }

        private WatchCommand commandOf(WatchRequest request) {
            return switch (request.getRequestUnionCase()) {
                case CREATE_REQUEST -> createRequests.judge(request.getCreateRequest());
                case CANCEL_REQUEST ->
                    new WatchCommand.Cancel(request.getCancelRequest().getWatchId());
                case PROGRESS_REQUEST -> new WatchCommand.Progress();
                case REQUESTUNION_NOT_SET -> new WatchCommand.Unknown();
            };
        }

        /** A client that sends nothing more still receives (etcd semantics, section 11). */
        @Override
        public void onHalfClose() {}

        @Override
        public void onReady() {
            stream.outbox.drain();
        }

        @Override
        public void onCancel() {
            onBroken();
        }

        @Override
        public void onComplete() {
            onBroken();
        }

        @Override
        public void onWritable() {
            mailbox.execute(() -> dispatcher.onWritable(stream));
        }

        @Override
        public void onBroken() {
            stream.outbox.abandon();
            mailbox.execute(() -> dispatcher.forget(stream));
        }
    }
}
