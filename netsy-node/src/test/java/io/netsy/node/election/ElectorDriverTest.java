package io.netsy.node.election;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netsy.elector.election.ElectorSettings;
import io.netsy.elector.term.RegisterException;
import io.netsy.elector.term.RegisterStorage;
import io.netsy.elector.term.TermRegister;
import io.netsy.elector.term.TermRegister.State;
import io.netsy.node.archive.LogArchive;
import io.netsy.node.archive.SnapshotVerifier;
import io.netsy.node.archive.TipFinder;
import io.netsy.node.clock.SystemNodeClock;
import io.netsy.node.objectstore.ObjectStore;
import io.netsy.node.objectstore.file.FileObjectStore;
import io.netsy.node.term.ObjectRegisterStorage;
import io.netsy.node.wiring.objectstore.StoreEnvironments;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Electors against nodes that do as they are told, with the register on a real file store. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ElectorDriverTest {
    private static final UUID CLUSTER = new UUID(7, 7);

    @TempDir
    Path folder;

    private final ExecutorService io = Executors.newVirtualThreadPerTaskExecutor();
    private final List<ElectorDriver> drivers = new ArrayList<>();
    private final FakeAssignment assignment = new FakeAssignment();

    @SuppressWarnings("NullAway.Init") // by open
    private ObjectStore store;

    @SuppressWarnings("NullAway.Init") // by open
    private RegisterStorage register;

    @SuppressWarnings("NullAway.Init") // by open
    private FakeCluster cluster;

    @BeforeEach
    void open() {
        store = FileObjectStore.open(folder, StoreEnvironments.system());
        register = new ObjectRegisterStorage(store);
        cluster = new FakeCluster(register);
    }

    @AfterEach
    void close() {
        drivers.forEach(ElectorDriver::close);
        io.shutdownNow();
        store.close();
    }

    private ElectorDriver start(String name, FakeAssignment source, RegisterStorage storage, NodeCalls calls) {
        LogArchive archive = new LogArchive(store, CLUSTER);
        ElectorDriver driver = new ElectorDriver(new ElectorDriver.Parts(
                new ElectorSettings(
                        name,
                        FakeCluster.NAMES,
                        FakeCluster.NAMES,
                        Duration.ZERO,
                        Duration.ofMillis(50),
                        Duration.ofMillis(500),
                        Duration.ofSeconds(2),
                        Duration.ofMillis(50)),
                source,
                storage,
                () -> !archive.isEmpty(),
                new TipFinder(archive, new SnapshotVerifier(store, CLUSTER), io)::find,
                calls,
                new SystemNodeClock(),
                io));
        drivers.add(driver);
        driver.start();
        return driver;
    }

    private ElectorDriver start() {
        return start("first", assignment, register, cluster);
    }

    private TermRegister awaitAssigned(long aboveTerm) {
        return await().atMost(Duration.ofSeconds(30))
                .until(
                        this::read,
                        found -> found.isPresent()
                                && found.get().state() == State.ASSIGNED
                                && found.get().term() > aboveTerm)
                .orElseThrow();
    }

    private Optional<TermRegister> read() throws RegisterException {
        return register.read().map(RegisterStorage.Stored::register);
    }

    @Test
    void oneThatIsAppointedElectsAndTellsEverybody() {
        ElectorDriver driver = start();
        assertThat(driver.isAppointed()).isFalse();

        assignment.say(true);

        TermRegister elected = awaitAssigned(0);
        assertThat(elected.elector()).isEqualTo("first");
        for (String name : FakeCluster.NAMES) {
            await().until(() -> cluster.node(name).hint().assigned());
            assertThat(cluster.node(name).hint().primary()).isEqualTo(elected.primary());
            assertThat(cluster.node(name).hint().process()).isEqualTo(elected.process());
            assertThat(cluster.node(name).hint().term()).isEqualTo(elected.term());
        }
    }

    @Test
    void aPrimaryThatIsSilentIsReplaced() {
        start();
        assignment.say(true);
        TermRegister first = awaitAssigned(0);

        cluster.node(first.primary()).die();

        TermRegister second = awaitAssigned(first.term());
        assertThat(second.primary()).isNotEqualTo(first.primary());
        String other = second.primary();
        await().until(() -> cluster.node(other).hint().primary().equals(other));
    }

    /** The second elector replaces the primary; the first one, which was dismissed before, would have been quicker. */
    @Test
    void oneThatIsDismissedChangesNothing() throws RegisterException {
        ElectorDriver driver = start();
        assignment.say(true);
        TermRegister first = awaitAssigned(0);

        assignment.say(false);
        await().until(() -> !driver.isAppointed());
        cluster.node(first.primary()).die();
        FakeAssignment another = new FakeAssignment();
        another.say(true);
        start("second", another, register, cluster);

        TermRegister second = awaitAssigned(first.term());
        assertThat(second.elector()).isEqualTo("second");
        assertThat(second.term()).isEqualTo(first.term() + 1);
    }

    @Test
    void theEndOfTrustIsNoticedThoughNobodyTellsOfIt() {
        ElectorDriver driver = start();
        assignment.say(true);
        await().until(driver::isAppointed);

        assignment.sayQuietly(false);

        await().until(() -> !driver.isAppointed());
    }

    @Test
    void whatAnOperatorWantsReachesItThroughAnyNode() {
        start();
        assignment.say(true);
        TermRegister first = awaitAssigned(0);
        List<String> others = FakeCluster.NAMES.stream()
                .filter(name -> !name.equals(first.primary()))
                .toList();

        cluster.asks(others.get(0), others.get(1));

        TermRegister second = awaitAssigned(first.term());
        assertThat(second.primary()).isEqualTo(others.get(1));
    }

    /** It stands, though nobody was told: read back, it is the own one, and no further term is spent. */
    @Test
    void aSwapWhoseAnswerIsLostIsReadBack() {
        AtomicInteger lost = new AtomicInteger();
        RegisterStorage forgetful = new RegisterStorage() {
            @Override
            public Optional<Stored> read() throws RegisterException {
                return register.read();
            }

            @Override
            public SwapResult create(TermRegister first) throws RegisterException {
                return register.create(first);
            }

            @Override
            public SwapResult swap(Stored expected, TermRegister next) throws RegisterException {
                register.swap(expected, next);
                lost.incrementAndGet();
                throw new RegisterException("no answer");
            }
        };
        start("first", assignment, forgetful, cluster);
        assignment.say(true);

        TermRegister elected = awaitAssigned(0);

        assertThat(elected.term()).isEqualTo(2);
        assertThat(lost.get()).isEqualTo(2);
    }

    @Test
    void oneThatFailsBeginsAnew() {
        AtomicBoolean failed = new AtomicBoolean();
        NodeCalls faulty = (node, word, patience) -> {
            if (!failed.getAndSet(true)) {
                throw new IllegalStateException("a fault");
            }
            return cluster.ask(node, word, patience);
        };
        start("first", assignment, register, faulty);

        assignment.say(true);

        awaitAssigned(0);
        assertThat(failed).isTrue();
    }
}
