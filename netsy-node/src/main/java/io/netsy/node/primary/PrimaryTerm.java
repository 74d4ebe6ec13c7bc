package io.netsy.node.primary;

import io.netsy.elector.election.SoloElection;
import io.netsy.elector.term.RegisterException;
import io.netsy.elector.term.RegisterStorage;
import io.netsy.elector.term.RegisterStorage.Stored;
import io.netsy.elector.term.RegisterStorage.SwapResult;
import io.netsy.elector.term.TermRegister;
import io.netsy.elector.term.TermRegister.Claimant;
import io.netsy.etcd.port.CommitListener;
import io.netsy.etcd.port.Proposer;
import io.netsy.etcd.port.StateSource;
import io.netsy.etcd.state.StoreState;
import io.netsy.node.archive.LogArchive;
import io.netsy.node.clock.NodeClock;
import io.netsy.replication.codec.Frame;
import io.netsy.replication.core.Opening;
import io.netsy.replication.core.PeerMessage.Identity;
import io.netsy.replication.core.PrimaryCore;
import io.netsy.replication.core.PrimarySettings;
import io.netsy.replication.core.Replication;
import io.netsy.replication.core.SyncRule;
import io.netsy.replication.model.CommitLevel;
import io.netsy.replication.model.LogPosition;
import io.netsy.replication.wire.PeerListener;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One term as primary, as a scope: {@link #open} claims it, or begins one that an elector assigned; {@link #close} gives it
 * back, and {@link #abandon} ends it at once. Leaving the scope by any path ends the right to write.
 */
public final class PrimaryTerm implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PrimaryTerm.class);
    private static final Duration RETRY_MIN = Duration.ofMillis(50);
    private static final Duration RETRY_MAX = Duration.ofSeconds(2);
    private static final Duration STORED_PAUSE = Duration.ofMillis(200);
    private static final int STORED_LOOKS = 300;

    private final Setup setup;
    private final TermRegister assigned;
    private final Sequencer sequencer;
    private final BucketWorker bucket;
    private final @Nullable StandbyStreams streams;
    /** The register as it was read ahead of time; none when it was not. */
    private final AtomicReference<@Nullable Stored> seen = new AtomicReference<>();

    /** What a term is opened with. */
    public record Setup(
            Claimant claimant,
            RegisterStorage register,
            LogArchive archive,
            NodeClock clock,
            AppliedLog log,
            Observers observers,
            Settings settings,
            @Nullable Cluster cluster) {}

    /**
     * The other nodes; null for a node alone.
     *
     * @param ownLog finds what this node's write-ahead file holds beyond the bucket
     * @param promise makes durable that streams of lower terms are refused
     */
    public record Cluster(
            Replication replication,
            UUID clusterId,
            StandbyStreams.Parts streams,
            OwnLog ownLog,
            LongConsumer promise) {}

    /** What of the log is on this node's disk alone. */
    @FunctionalInterface
    public interface OwnLog {
        /**
         * Makes the write-ahead file end where the history of the new term begins.
         *
         * @param recovered the end of what is applied here
         * @param level the level under which the last primary acknowledged
         */
        Remainder after(LogPosition recovered, CommitLevel level) throws Exception;

        /**
         * Where the bucket ends, and what goes on from there.
         *
         * @param stored the end of the chain in the bucket
         * @param tail frames after it that belong to the history
         */
        record Remainder(LogPosition stored, List<Frame> tail) {}
    }

    /** Who is told what; all by the sequencer's thread. */
    public record Observers(
            List<CommitListener> commits, TermListener term, CommitStages stages, PrimaryMeters meters) {
        public Observers {
            commits = List.copyOf(commits);
        }
    }

    /**
     * How a primary behaves.
     *
     * @param lease how long a look at the register is good for; zero: every linearizable read asks the register
     * @param gather how long batches wait for company
     * @param requestTimeout after which a write is answered as of unknown outcome (etcd semantics, section 2)
     * @param closeTimeout how long a closing primary waits for what is under way
     */
    public record Settings(Duration lease, GatherSettings gather, Duration requestTimeout, Duration closeTimeout) {}

    /** The end of the log, and the state there. */
    public record Tip(LogPosition position, StoreState state) {}

    /**
     * The history that a term goes on from.
     *
     * @param applied what this node has applied of it
     * @param remainder where the bucket ends, and what is to be archived after that
     */
    public record History(Tip applied, OwnLog.Remainder remainder) {}

    private PrimaryTerm(
            Setup setup,
            TermRegister assigned,
            Sequencer sequencer,
            BucketWorker bucket,
            @Nullable StandbyStreams streams) {
        this.streams = streams;
        this.setup = setup;
        this.assigned = assigned;
        this.sequencer = sequencer;
        this.bucket = bucket;
    }

    /**
     * Claims the next term and begins to open it; {@link #serving} completes when it serves.
     *
     * @param findTip walks to the end of the log and answers where that is; called after the old primary's lease is over
     * @throws RegisterException when no term can be had, with the way out
     */
    public static PrimaryTerm open(Setup setup, Callable<Tip> findTip) throws Exception {
        TipHolder tip = new TipHolder(findTip);
        ElectionDriver driver = new ElectionDriver(
                setup.register(), setup.clock(), () -> !setup.archive().isEmpty(), tip::find);
        SoloElection election =
                new SoloElection(setup.claimant(), setup.settings().lease(), setup.clock()::newId);
        TermRegister assigned = driver.run(election);
        LOG.info("term {} is ours, on top of {}", assigned.term(), assigned.requiredTip());
        if (setup.cluster() != null) {
            // A primary of a lower term that lives on must never cut off what is flushed here from now on.
            setup.cluster().promise().accept(assigned.term());
        }
        Tip found = tip.found();
        OwnLog.Remainder remainder = setup.cluster() == null
                ? new OwnLog.Remainder(found.position(), List.of())
                : setup.cluster().ownLog().after(found.position(), assigned.level());
        return open(setup, assigned, new History(found, remainder));
    }

    /**
     * Begins to open a term that is this process's by the register; {@link #serving} completes when it serves.
     *
     * @param assigned as the register says
     * @param history the one that the register requires, which this node's write-ahead file ends with
     */
    public static PrimaryTerm open(Setup setup, TermRegister assigned, History history) {
        Observers observers = setup.observers();
        BucketWorker bucket = new BucketWorker(setup.archive(), setup.register(), setup.clock(), observers.meters());
        StandbyStreams streams = setup.cluster() == null
                ? null
                : new StandbyStreams(setup.cluster().streams(), assigned);
        PrimaryPorts ports = new PrimaryPorts(
                setup.clock(),
                setup.log(),
                bucket,
                streams == null ? StandbyLinks.NONE : streams,
                observers.commits(),
                observers.term(),
                observers.stages(),
                observers.meters());
        PrimaryCore core = new PrimaryCore(
                assigned.term(),
                assigned.process(),
                settings(setup.cluster(), assigned),
                opening(setup.cluster(), assigned, history));
        Sequencer sequencer = new Sequencer(
                ports,
                new Sequencer.Beginning(
                        core,
                        assigned.term(),
                        history.applied().position(),
                        history.applied().state()),
                setup.settings());
        if (streams != null) {
            SyncRule rule = new SyncRule(assigned.level(), assigned.standbys());
            var _ = sequencer.serving().thenRun(() -> StandbyStreams.sayInForce(rule, assigned.voters()));
        }
        sequencer.start();
        return new PrimaryTerm(setup, assigned, sequencer, bucket, streams);
    }

    private static PrimarySettings settings(@Nullable Cluster cluster, TermRegister assigned) {
        return new PrimarySettings(
                new SyncRule(assigned.level(), assigned.standbys()),
                assigned.lease(),
                RETRY_MIN,
                RETRY_MAX,
                cluster == null ? Replication.NONE : cluster.replication());
    }

    private static Opening opening(@Nullable Cluster cluster, TermRegister assigned, History history) {
        long revision = history.applied().state().revision();
        OwnLog.Remainder remainder = history.remainder();
        if (cluster == null) {
            return Opening.alone(remainder.stored(), revision, assigned.forcedTerm());
        }
        Set<Identity> voters = assigned.voters().stream()
                .map(voter -> new Identity(cluster.clusterId(), voter.nodeId(), voter.diskId()))
                .collect(Collectors.toSet());
        return new Opening(remainder.stored(), revision, remainder.tail(), voters, assigned.forcedTerm());
    }

    /** What streams that standbys open are given to; null for a node alone. */
    public @Nullable PeerListener standbys() {
        return streams == null ? null : streams.listenerFor(sequencer);
    }

    /** Remembers the newest tip that was found. */
    private static final class TipHolder {
        private final Callable<Tip> findTip;
        private Optional<Tip> tip = Optional.empty();

        TipHolder(Callable<Tip> findTip) {
            this.findTip = findTip;
        }

        LogPosition find() throws Exception {
            Tip found = findTip.call();
            tip = Optional.of(found);
            return found.position();
        }

        Tip found() {
            return tip.orElseThrow();
        }
    }

    public long term() {
        return assigned.term();
    }

    public Proposer proposer() {
        return sequencer;
    }

    public StateSource states() {
        return sequencer.states();
    }

    /** The sequencer, for what the replica asks of the owner of the state. */
    public Sequencer sequencer() {
        return sequencer;
    }

    /** Completes when TermStart stands, the register was read once more, and writes are taken. */
    public CompletableFuture<Void> serving() {
        return sequencer.serving();
    }

    /** Completes when the term has ended. */
    public CompletableFuture<Sequencer.Ending> ended() {
        return sequencer.ended();
    }

    /**
     * Takes what still comes, has all of it archived, then ends as drained, to be given back; {@link #stay} takes that back, and calling it
     * again changes nothing.
     */
    public void leave() {
        sequencer.leave();
    }

    /** Takes {@link #leave} back, unless the term ended meanwhile. */
    public void stay() {
        sequencer.stay();
    }

    /** Ends at once, unless it has ended, and answers what was published last; the register is left as it is. */
    public Tip abandon(String reason) throws InterruptedException {
        sequencer.abandon(reason);
        try {
            return sequencer.finished().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a sequencer always finishes", e);
        } finally {
            bucket.close();
            if (streams != null) {
                streams.close();
            }
        }
    }

    /**
     * Returns when the log in the bucket reaches this position, which at {@code quorum} may be some time after it was committed.
     *
     * @throws IOException when the term ends before that, or it does not come in a minute
     */
    public void awaitStored(LogPosition position) throws IOException {
        for (int i = 0; i < STORED_LOOKS && !sequencer.ended().isDone(); i++) {
            if (sequencer.storedIndex() >= position.index()) {
                return;
            }
            LockSupport.parkNanos(STORED_PAUSE.toNanos());
        }
        throw new IOException("the log in the bucket does not reach %s".formatted(position));
    }

    /** Raises the register's log floor before chunks below it are deleted; answers false when the term is lost. */
    public boolean raiseLogFloor(long floor) throws RegisterException {
        Optional<Stored> current = setup.register().read();
        if (current.isEmpty() || !isOurs(current.get().register())) {
            return false;
        }
        if (current.get().register().logFloor() >= floor) {
            return true;
        }
        TermRegister next =
                current.get().register().withLogFloor(floor, setup.clock().newId());
        return setup.register().swap(current.get(), next) instanceof SwapResult.Swapped;
    }

    private boolean isOurs(TermRegister register) {
        return register.state() == TermRegister.State.ASSIGNED
                && register.isHeldBy(assigned.term(), assigned.process());
    }

    /** Lets what is under way finish, ends the term and gives it back, so that a successor need not wait. */
    @Override
    public void close() {
        sequencer.close();
        try {
            Sequencer.Ending ending =
                    sequencer.ended().get(setup.settings().closeTimeout().toMillis(), TimeUnit.MILLISECONDS);
            if (!ending.faulty()) {
                release(null);
            }
        } catch (TimeoutException e) {
            LOG.warn("the bucket did not take what was under way in time; the term is not released");
        } catch (ExecutionException e) {
            LOG.warn("the term ended by a fault and is not released: {}", String.valueOf(e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            bucket.close();
            if (streams != null) {
                streams.close();
            }
        }
    }

    /**
     * Writes into the register that this term has ended with all it had in the bucket, for one that ended as drained: so nobody need
     * wait. Blocks.
     *
     * @param successor whose the next term is, if he is a voter; null leaves that to an election
     */
    public void release(@Nullable Claimant successor) {
        try {
            SwapResult result = tryRelease(successor);
            if (result instanceof SwapResult.Lost) {
                // What was read beforehand is not what stands there: the rule or the log floor changed.
                result = tryRelease(successor);
            }
            if (!(result instanceof SwapResult.Swapped)) {
                LOG.warn("the register may not say that term {} has ended: {}", assigned.term(), result);
            }
        } catch (RegisterException e) {
            LOG.warn("the term could not be released, a successor will wait for the lease: {}", e.getMessage());
        }
    }

    private SwapResult tryRelease(@Nullable Claimant successor) throws RegisterException {
        Stored read = seen.getAndSet(null);
        Stored current = read == null ? setup.register().read().orElse(null) : read;
        if (current == null || !isOurs(current.register())) {
            return new SwapResult.Lost();
        }
        TermRegister said = current.register();
        UUID nonce = setup.clock().newId();
        LogPosition tip = sequencer.stored();
        TermRegister next = successor != null && said.voters().contains(successor.asVoter())
                ? said.handedOver(successor, tip, nonce)
                : said.released(tip, nonce);
        SwapResult result = setup.register().swap(current, next);
        if (result instanceof SwapResult.Swapped) {
            LOG.info(
                    "term {} released at {}, {}",
                    assigned.term(),
                    tip,
                    next.term() > assigned.term() ? "handed over to " + next.primary() : "to be elected for");
        }
        return result;
    }

    /** Reads the register as it probably is when the term is given back, so that this need not be done then. Blocks. */
    public void readAhead() {
        try {
            seen.set(setup.register().read().orElse(null));
        } catch (RegisterException e) {
            LOG.debug("the register could not be read ahead of time: {}", e.getMessage());
        }
    }
}
