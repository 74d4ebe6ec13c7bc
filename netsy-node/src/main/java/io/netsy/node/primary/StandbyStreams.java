package io.netsy.node.primary;

import io.netsy.elector.term.RegisterException;
import io.netsy.elector.term.RegisterStorage;
import io.netsy.elector.term.RegisterStorage.Stored;
import io.netsy.elector.term.RegisterStorage.SwapResult;
import io.netsy.elector.term.TermRegister;
import io.netsy.elector.term.TermRegister.Voter;
import io.netsy.node.archive.DamagedObjectException;
import io.netsy.node.archive.LogArchive;
import io.netsy.node.clock.NodeClock;
import io.netsy.node.objectstore.ObjectStoreException;
import io.netsy.node.writeahead.LogWriter;
import io.netsy.node.writeahead.WriteAheadFile;
import io.netsy.replication.codec.Frame;
import io.netsy.replication.core.PeerMessage;
import io.netsy.replication.core.PeerMessage.FromPrimary;
import io.netsy.replication.core.PeerMessage.Hello;
import io.netsy.replication.core.PeerMessage.Identity;
import io.netsy.replication.core.PrimaryEvent;
import io.netsy.replication.core.SyncRule;
import io.netsy.replication.model.LogPosition;
import io.netsy.replication.model.Moment;
import io.netsy.replication.wire.PeerListener;
import io.netsy.replication.wire.PeerStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The primary's side of the streams to its standbys: what they say becomes events for the sequencer, and what its core wants of
 * them, of the write-ahead file and of the register is done here, blocking parts on threads of their own.
 */
public final class StandbyStreams implements StandbyLinks, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StandbyStreams.class);
    private static final long READ_BYTES = 4 << 20;

    private final Parts parts;
    private final Map<Long, Link> links = new ConcurrentHashMap<>();
    private final ExecutorService reads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("netsy-catch-up-", 0).factory());
    private final ExecutorService rules = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("netsy-rule").daemon().factory());
    private final long term;
    private final UUID process;

    /** A stream, and whose it is. */
    private static final class Link {
        private final PeerStream stream;
        private final Hello hello;
        private volatile boolean begun;

        Link(PeerStream stream, Hello hello) {
            this.stream = stream;
            this.hello = hello;
        }

        void send(FromPrimary message) {
            if (message instanceof PeerMessage.Begin begin) {
                begun = true;
                LOG.info(
                        "standby connected node={} peer={} from=\"{}\" holds=\"{}\"",
                        hello.identity().nodeId(),
                        stream.remote(),
                        begin.after(),
                        hello.end());
            }
            stream.send(message);
        }

        /** Streams that were refused are none that are gone; the wire says of both why. */
        void closed(String reason) {
            if (begun) {
                LOG.info(
                        "standby gone node={} peer={} reason={}",
                        hello.identity().nodeId(),
                        stream.remote(),
                        reason);
            }
        }
    }

    /** What it works with. */
    public record Parts(
            NodeClock clock, WriteAheadFile file, LogWriter writer, LogArchive archive, RegisterStorage register) {}

    StandbyStreams(Parts parts, TermRegister assigned) {
        this.parts = parts;
        this.term = assigned.term();
        this.process = assigned.process();
    }

    /** What streams that standbys open are given to. */
    PeerListener listenerFor(Sequencer sequencer) {
        return new PeerListener() {
            @Override
            public void onHello(PeerStream stream, Hello hello) {
                links.put(stream.id(), new Link(stream, hello));
                sequencer.post(new PrimaryEvent.StandbyCame(stream.id(), hello, now()));
            }

            @Override
            public void onMessage(PeerStream stream, PeerMessage.FromStandby message) {
                switch (message) {
                    case PeerMessage.Report report ->
                        sequencer.post(new PrimaryEvent.StandbyReported(stream.id(), report, now()));
                    case PeerMessage.AskIndex question -> answer(stream, question.question(), sequencer);
                    case PeerMessage.Confirmed confirmed ->
                        sequencer.post(new PrimaryEvent.StandbyConfirmed(stream.id(), confirmed.round(), now()));
                    case PeerMessage.Hello _, PeerMessage.Bye _ -> {}
                }
            }

            @Override
            public void onClosed(PeerStream stream, String reason) {
                Link link = links.remove(stream.id());
                if (link != null) {
                    link.closed(reason);
                    sequencer.post(new PrimaryEvent.StandbyGone(stream.id(), now()));
                }
            }
        };
    }

    private Moment now() {
        return parts.clock().now();
    }

    /** The confirmation begins after the question came, for that is now (protocol safety, 23). */
    private static void answer(PeerStream stream, long question, Sequencer sequencer) {
        var _ = sequencer.states().linearizable().whenComplete((state, failure) -> {
            if (failure == null) {
                stream.send(new PeerMessage.Index(question, state.index()));
            } else if (!sequencer.isOver()) {
                stream.close("this primary can't confirm its term: " + failure.getMessage());
            }
        });
    }

    @Override
    public void append(Frame frame, Consumer<PrimaryEvent> told) {
        parts.writer().append(frame);
        parts.writer().flush(position -> told.accept(new PrimaryEvent.OwnFlushed(position, now())));
    }

    @Override
    public void mayForget(long storedIndex) {
        parts.writer().mayForget(storedIndex);
    }

    @Override
    public void send(long stream, FromPrimary message) {
        Link to = links.get(stream);
        if (to != null) {
            to.send(message);
        }
    }

    @Override
    public void close(long stream, String reason) {
        Link to = links.get(stream);
        if (to != null) {
            to.stream.close(reason);
        }
    }

    @Override
    public void locate(long stream, List<LogPosition> candidates, Consumer<PrimaryEvent> told) {
        submit(reads, () -> {
            try {
                for (LogPosition candidate : candidates.reversed()) {
                    if (parts.file().holds(candidate) || parts.archive().passesThrough(candidate)) {
                        told.accept(new PrimaryEvent.PositionLocated(stream, Optional.of(candidate), now()));
                        return;
                    }
                }
                told.accept(new PrimaryEvent.PositionLocated(stream, Optional.empty(), now()));
            } catch (IOException | ObjectStoreException | DamagedObjectException e) {
                close(stream, "where its history ends could not be found out: " + e.getMessage());
            }
        });
    }

    @Override
    public void read(long stream, long fromIndex, Consumer<PrimaryEvent> told) {
        submit(reads, () -> {
            try {
                told.accept(new PrimaryEvent.FramesRead(stream, framesFrom(fromIndex), now()));
            } catch (IOException | IllegalArgumentException | ObjectStoreException | DamagedObjectException e) {
                close(stream, "the log from index %d on could not be read: %s".formatted(fromIndex, e.getMessage()));
            }
        });
    }

    private List<Frame> framesFrom(long fromIndex) throws IOException, DamagedObjectException {
        if (fromIndex < parts.file().firstIndex()) {
            return parts.archive().framesFrom(fromIndex);
        }
        List<Frame> frames = new ArrayList<>();
        long[] bytes = new long[1];
        parts.file().read(fromIndex, frame -> {
            if (frame.firstIndex() >= fromIndex) {
                frames.add(frame);
                bytes[0] += frame.sizeBytes();
            }
            return bytes[0] < READ_BYTES;
        });
        return frames.isEmpty() || frames.getFirst().firstIndex() != fromIndex
                ? parts.archive().framesFrom(fromIndex)
                : frames;
    }

    @Override
    public void record(SyncRule rule, Set<Identity> voters, Consumer<PrimaryEvent> told) {
        submit(rules, () -> told.accept(tryRecord(rule, voters)));
    }

    private PrimaryEvent tryRecord(SyncRule rule, Set<Identity> voters) {
        try {
            List<Voter> list = voters.stream()
                    .map(identity -> new Voter(identity.nodeId(), identity.diskId()))
                    .sorted((a, b) -> a.nodeId().compareTo(b.nodeId()))
                    .collect(Collectors.toList());
            Optional<Stored> current = parts.register().read();
            if (current.isEmpty()
                    || !current.get().register().isHeldBy(term, process)
                    || current.get().register().state() != TermRegister.State.ASSIGNED) {
                return notRecorded("the register names another");
            }
            if (says(current.get().register(), rule, list)) {
                return recorded(rule, list);
            }
            TermRegister next = current.get()
                    .register()
                    .withRule(rule.level(), rule.standbys(), list, parts.clock().newId());
            return switch (parts.register().swap(current.get(), next)) {
                case SwapResult.Swapped ignored -> recorded(rule, list);
                case SwapResult.Lost ignored -> notRecorded("it was changed meanwhile");
                case SwapResult.Unknown unknown -> notRecorded(unknown.reason());
            };
        } catch (RegisterException e) {
            return notRecorded(String.valueOf(e.getMessage()));
        }
    }

    private static boolean says(TermRegister register, SyncRule rule, List<Voter> voters) {
        return register.level() == rule.level()
                && register.standbys().equals(rule.standbys())
                && Set.copyOf(register.voters()).equals(Set.copyOf(voters));
    }

    /** Said at the start of a term, and at every change. */
    static void sayInForce(SyncRule rule, List<Voter> voters) {
        LOG.info(
                "commit rule in force: {} voters={}",
                rule,
                voters.stream().map(Voter::nodeId).toList());
    }

    private PrimaryEvent recorded(SyncRule rule, List<Voter> voters) {
        sayInForce(rule, voters);
        return new PrimaryEvent.RuleRecorded(now());
    }

    private PrimaryEvent notRecorded(String reason) {
        LOG.warn("the commit rule is not recorded in the register yet, tried again: {}", reason);
        return new PrimaryEvent.RuleNotRecorded(reason, now());
    }

    private static void submit(ExecutorService executor, Runnable task) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("not done, the primary is closed");
        }
    }

    /** Ends all streams; the standbys look for a primary then. */
    @Override
    public void close() {
        links.values().forEach(link -> link.stream.close("this primary has ended"));
        reads.shutdownNow();
        rules.shutdownNow();
    }
}
