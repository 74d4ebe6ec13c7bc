package io.netsy.node.wiring;

import io.netsy.elector.assignment.FixedAssignment;
import io.netsy.elector.election.Waiver;
import io.netsy.elector.term.RegisterException;
import io.netsy.elector.term.TermRegister;
import io.netsy.node.archive.ClusterIdentity;
import io.netsy.node.archive.DamagedObjectException;
import io.netsy.node.clock.NodeClock;
import io.netsy.node.clock.SystemNodeClock;
import io.netsy.node.config.NodeConfig;
import io.netsy.node.election.ElectorDriver;
import io.netsy.node.election.ForceRefusedException;
import io.netsy.node.election.NodeCalls;
import io.netsy.node.election.Survey;
import io.netsy.node.election.Survey.Seen;
import io.netsy.node.objectstore.ObjectStore;
import io.netsy.node.objectstore.StoreListener;
import io.netsy.node.term.ObjectRegisterStorage;
import io.netsy.node.wiring.objectstore.ObjectStores;
import io.netsy.node.wiring.objectstore.StoreEnvironments;
import io.netsy.replication.core.ElectorMessage.AskTail;
import io.netsy.replication.core.ElectorMessage.FromElector;
import io.netsy.replication.core.ElectorMessage.FromNode;
import io.netsy.replication.core.ElectorMessage.Health;
import io.netsy.replication.core.ElectorMessage.Occupation;
import io.netsy.replication.core.ElectorMessage.Ping;
import io.netsy.replication.core.ElectorMessage.Tail;
import io.netsy.replication.model.LogPosition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/**
 * An elector for one election, which an operator's word lets go on with fewer nodes than its fence needs (PROTOCOL.md, "Force"). It needs
 * what an elector beside the nodes needs: the bucket, and the way to the nodes that are left. For one thread; calls block.
 */
public final class Forcing implements AutoCloseable {
    private static final Duration ANSWER_PATIENCE = Duration.ofSeconds(3);
    private static final Duration LOOK_EVERY = Duration.ofMillis(100);
    private static final int TRIES = 2;

    private final NodeClock clock;
    private final ObjectStore store;
    private final NodeThreads threads;
    private final Election election;
    private final String self;
    private final Set<String> nodes;

    private Forcing(NodeConfig config, NodeClock clock, ObjectStore store, NodeThreads threads, Election election) {
        this.clock = clock;
        this.store = store;
        this.threads = threads;
        this.election = election;
        this.self = config.name();
        this.nodes = election.nodes();
    }

    /** Opens the store; nothing is asked of nodes yet. */
    public static Forcing open(NodeConfig config) throws Exception {
        NodeClock clock = new SystemNodeClock();
        ObjectStore store =
                ObjectStores.open(StoreSettingsOf.config(config), StoreListener.NONE, StoreEnvironments.system());
        NodeThreads threads = NodeThreads.start();
        try {
            UUID cluster = ClusterIdentity.read(store)
                    .orElseThrow(
                            () -> new IllegalStateException("there is no cluster in %s".formatted(store.describe())))
                    .clusterId();
            Election election = Election.open(config, clock, new NodeStore(store, cluster), threads, null);
            if (election == null) {
                throw new IllegalStateException("nothing is elected; set cluster.nodes, and not cluster.primary");
            }
            return new Forcing(config, clock, store, threads, election);
        } catch (Exception e) {
            store.close();
            threads.close();
            throw e;
        }
    }

    /** The names of the nodes that configuration knows. */
    public Set<String> nodes() {
        return nodes;
    }

    /** Looks at register, bucket and nodes, and changes nothing. */
    public Survey survey() throws RegisterException, DamagedObjectException {
        TermRegister register = new ObjectRegisterStorage(store)
                .read()
                .orElseThrow(() -> new IllegalStateException(
                        "there is no term register (term.json) in %s; restore it from a version of the bucket"
                                .formatted(store.describe())))
                .register();
        LogPosition tip = election.tips().find(register.requiredTip());
        Map<String, FromElector> pings = new LinkedHashMap<>();
        nodes.forEach(node -> pings.put(node, Ping.ASKING));
        Map<String, Health> healths = askAll(pings, Health.class);
        Map<String, FromElector> questions = new LinkedHashMap<>();
        healths.forEach((node, health) -> questions.put(node, new AskTail(health.promised(), tip)));
        Map<String, Tail> tails = askAll(questions, Tail.class);
        List<Seen> seen = new ArrayList<>();
        for (String node : nodes) {
            seen.add(new Seen(node, Optional.ofNullable(healths.get(node)), Optional.ofNullable(tails.get(node))));
        }
        return new Survey(register, tip, seen);
    }

    /** Asks all of them at once, and those that did not answer once more. */
    private <T extends FromNode> Map<String, T> askAll(Map<String, FromElector> questions, Class<T> kind) {
        Map<String, T> answers = new LinkedHashMap<>();
        for (int i = 0; i < TRIES; i++) {
            Map<String, CompletableFuture<FromNode>> waiting = new LinkedHashMap<>();
            questions.forEach((node, question) -> {
                if (!answers.containsKey(node)) {
                    waiting.put(node, ask(node, question));
                }
            });
            waiting.forEach((node, answer) -> {
                try {
                    answers.put(node, kind.cast(answer.join()));
                } catch (CompletionException _) {
                    // It does not answer, which is an answer.
                }
            });
        }
        return answers;
    }

    private CompletableFuture<FromNode> ask(String node, FromElector question) {
        return election.calls().ask(node, question, ANSWER_PATIENCE).thenApply(said -> said.word());
    }

    /** What an operator says who was shown this. */
    public Waiver waiver(Survey shown, String node, String by) {
        return new Waiver(
                shown.register().nonce(),
                node,
                shown.present(),
                shown.end(),
                by,
                Instant.ofEpochMilli(clock.now().wallMillis()));
    }

    /**
     * Holds the election.
     *
     * @return the register that names the node
     * @throws ForceRefusedException when the word is not for what is there any more
     * @throws TimeoutException when it came to nothing in time; what it waited for is in the message
     */
    public TermRegister force(Waiver waiver, Duration patience)
            throws ForceRefusedException, TimeoutException, InterruptedException {
        NodeCalls calls = election.calls();
        try (FixedAssignment assignment = new FixedAssignment(self, self);
                ElectorDriver driver = election.driver(assignment, calls)) {
            CompletableFuture<TermRegister> done = driver.force(waiver);
            driver.start();
            try {
                return done.get(patience.toNanos(), TimeUnit.NANOSECONDS);
            } catch (ExecutionException e) {
                if (e.getCause() instanceof ForceRefusedException refused) {
                    throw refused;
                }
                throw new IllegalStateException(e.getCause());
            } catch (TimeoutException e) {
                throw new TimeoutException(
                        "nobody was made primary within %s: %s".formatted(patience, driver.lastNote()));
            }
        }
    }

    /** Waits until the node that the register names serves its term; answers false when it does not in time. */
    public boolean awaitServing(TermRegister assigned, Duration patience) {
        long endNanos = clock.now().bootNanos() + patience.toNanos();
        while (clock.now().bootNanos() - endNanos < 0) {
            Health health = askAll(Map.of(assigned.primary(), hint(assigned)), Health.class)
                    .get(assigned.primary());
            if (health != null && health.occupation() == Occupation.SERVING && health.term() == assigned.term()) {
                return true;
            }
            LockSupport.parkNanos(LOOK_EVERY.toNanos());
        }
        return false;
    }

    private static Ping hint(TermRegister assigned) {
        return new Ping(assigned.term(), true, assigned.primary(), assigned.process());
    }

    @Override
    public void close() {
        election.close();
        store.close();
        threads.close();
    }
}
