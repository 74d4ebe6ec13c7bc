package io.netsy.etcd.watch;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.netsy.etcd.port.RevisionStore;
import io.netsy.etcd.proto.rpc.WatchCreateRequest;
import io.netsy.etcd.proto.rpc.WatchCreateRequest.FilterType;
import io.netsy.replication.model.Bytes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Chance decides what happens next: writes, compactions, slow and impatient clients, the steps of the dispatcher and of
 * the readers of history, and what happens in the midst of a read. The seed decides chance, so a failure is repeated by
 * its seed: {@code -Dwatch.seed=N} runs that one alone.
 */
class WatchSimulationTest {
    private static final int STEPS = 1200;
    private static final Duration PROGRESS_INTERVAL = Duration.ofSeconds(1);

    /** So small that everything overflows all the time. */
    private static final int STEPS_WHILE_COMMITTING = 8;

    private static final WatchSettings TINY = new WatchSettings(
            PROGRESS_INTERVAL,
            700,
            new WatchSettings.Outbound(3, 1500, 6000),
            new WatchSettings.Replay(2, 3, 4, 1000, Duration.ofSeconds(1)),
            new WatchSettings.Memory(5, 3000, 6, 3000));

    static LongStream seeds() {
        Long only = Long.getLong("watch.seed");
        return only == null ? LongStream.range(0, Integer.getInteger("watch.seeds", 60)) : LongStream.of(only);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everyWatcherSeesItsHistoryOnceAndInOrder(long seed) {
        try (World world = new World(seed)) {
            world.run();
        }
    }

    /** The simulation reaches what it is for: else it would pass on nothing. */
    @Test
    void theSimulationReachesEveryPath() {
        Figures figures = new Figures();
        for (long seed = 0; seed < 10; seed++) {
            try (World world = new World(seed)) {
                world.run();
                figures.add(world);
            }
        }
        assertThat(figures.passes).isGreaterThan(200);
        assertThat(figures.events).isGreaterThan(5_000);
        assertThat(figures.completeWatchers).isGreaterThan(50);
        assertThat(figures.progressReports).isGreaterThan(20);
        assertThat(figures.steppedIn).isGreaterThan(100);
    }

    private static final class Figures {
        long passes;
        long events;
        long progressReports;
        long steppedIn;
        long completeWatchers;

        void add(World world) {
            passes += world.bed.hub.stats().replayPasses();
            events += world.bed.hub.stats().eventsSent();
            progressReports += world.clients.stream()
                    .mapToInt(client -> client.checker.progressReports())
                    .sum();
            completeWatchers += world.clients.stream()
                    .filter(client -> !client.aborted)
                    .mapToInt(client -> client.checker.completeWatchers())
                    .sum();
            steppedIn += world.steppedIn;
        }
    }

    private static final class Client {
        final WatchClient stream;
        final StreamChecker checker;
        final Set<Long> canceled = new HashSet<>();
        boolean aborted;

        Client(WatchClient stream, StreamChecker checker) {
            this.stream = stream;
            this.checker = checker;
        }

        void check() {
            stream.takeAll().forEach(checker::onResponse);
        }
    }

    private static final class World implements AutoCloseable {
        final Random random;
        final EventLog log = new EventLog();
        final List<Client> clients = new ArrayList<>();
        final WatchBed bed;
        private boolean purgeDue;
        private boolean insideRead;
        int steppedIn;

        World(long seed) {
            random = new Random(seed);
            UnaryOperator<RevisionStore> view = revisions -> {
                HookedRevisions hooked = new HookedRevisions(revisions);
                hooked.onBlockingRead = this::stepIn;
                return hooked;
            };
            bed = new WatchBed(TINY, view, seed % 4 == 3 ? STEPS_WHILE_COMMITTING : 0);
            bed.store.addListener(log::append);
            bed.dispatcher.hold();
            bed.blocking.hold();
        }

        void run() {
            for (int i = 0; i < STEPS; i++) {
                step();
                clients.forEach(Client::check);
            }
            settle();
            long compactRevision = bed.store.committed().state().compactRevision();
            clients.forEach(client -> client.checker.onEnd(!client.aborted, compactRevision));
            assertThat(bed.hub.stats().slowWatchers()).isZero();
            assertThat(bed.hub.stats().queuedBytes()).isZero();
        }

        /** Something happens while history is read. */
        private void stepIn() {
            if (!insideRead && random.nextInt(4) == 0) {
                insideRead = true;
                steppedIn++;
                for (int i = random.nextInt(4); i >= 0; i--) {
                    step();
                }
                insideRead = false;
            }
        }

        private void step() {
            switch (random.nextInt(20)) {
                case 0, 1, 2, 3 -> write();
                case 4 -> writeGroup();
                case 5, 6, 7, 8, 9 -> bed.dispatcher.runOne();
                case 10, 11 -> runBlocking();
                case 12 -> open();
                case 13, 14 -> onOneClient(this::create);
                case 15 -> onOneClient(client -> client.stream.read(1 + random.nextInt(3)));
                case 16 -> onOneClient(this::cancelOrProgress);
                case 17 -> rarely();
                case 18 -> onOneClient(this::cancelCompacted);
                default -> onOneClient(client -> client.stream.read(1));
            }
        }

        private void runBlocking() {
            if (!insideRead) {
                bed.blocking.runOne();
            }
        }

        private void rarely() {
            switch (random.nextInt(6)) {
                case 0 -> compact();
                case 1 -> bed.store.revisions().evictAll();
                case 2 -> bed.timer.advance(PROGRESS_INTERVAL.dividedBy(2));
                case 3 -> onOneClient(this::abort);
                case 4 -> bed.announcing = !bed.announcing;
                default -> purge();
            }
        }

        private void write() {
            bed.commit(randomOps());
        }

        private void writeGroup() {
            bed.store.holdCommits();
            List<CompletableFuture<Long>> answers = new ArrayList<>();
            for (int i = 1 + random.nextInt(8); i > 0; i--) {
                answers.add(bed.begin(randomOps()));
            }
            bed.store.releaseCommits();
            assertThat(answers).allMatch(CompletableFuture::isDone);
        }

        private WatchBed.Op[] randomOps() {
            List<WatchBed.Op> ops = new ArrayList<>();
            List<String> live = new ArrayList<>();
            for (String key : List.of("a1", "a2", "b1", "b2", "c")) {
                if (bed.store.committed().state().live(Bytes.utf8(key)) != null) {
                    live.add(key);
                }
            }
            for (int i = random.nextInt(3); i >= 0; i--) {
                String key = List.of("a1", "a2", "b1", "b2", "c").get(random.nextInt(5));
                if (ops.stream().anyMatch(op -> op.key().equals(key))) {
                    continue;
                }
                boolean delete = live.contains(key) && random.nextInt(3) == 0;
                String value = "v".repeat(random.nextInt(10) == 0 ? 600 : random.nextInt(100));
                ops.add(delete ? WatchBed.delete(key) : WatchBed.put(key, value));
            }
            return ops.toArray(WatchBed.Op[]::new);
        }

        private void compact() {
            long revision = bed.revision();
            long compacted = bed.store.committed().state().compactRevision();
            long target = Math.max(compacted + 1, revision - random.nextInt(60));
            if (target <= revision) {
                bed.compactLogically(target);
                purgeDue = true;
            }
        }

        private void purge() {
            if (purgeDue) {
                bed.store.purge();
                purgeDue = false;
            }
        }

        private void open() {
            if (clients.size() < 12) {
                WatchClient stream = random.nextBoolean() ? bed.open() : bed.openSlow();
                clients.add(new Client(stream, new StreamChecker(log)));
            }
        }

        private void onOneClient(Consumer<Client> action) {
            if (!clients.isEmpty()) {
                Client client = clients.get(random.nextInt(clients.size()));
                if (!client.aborted) {
                    action.accept(client);
                }
            }
        }

        private void create(Client client) {
            WatchCreateRequest.Builder request = WatchCreateRequest.newBuilder();
            String[] range = List.of(
                            new String[] {"a1", ""},
                            new String[] {"a", "b"},
                            new String[] {"a2", "c"},
                            new String[] {"b", "\0"},
                            new String[] {"\0", "\0"})
                    .get(random.nextInt(5));
            request.setKey(ByteString.copyFromUtf8(range[0])).setRangeEnd(ByteString.copyFromUtf8(range[1]));
            request.setPrevKv(random.nextBoolean())
                    .setFragment(random.nextBoolean())
                    .setProgressNotify(random.nextInt(3) == 0);
            if (random.nextInt(5) == 0) {
                request.addFilters(random.nextBoolean() ? FilterType.NOPUT : FilterType.NODELETE);
            }
            if (random.nextInt(3) > 0) {
                request.setStartRevision(Math.max(0, bed.revision() + 6 - random.nextInt(40)));
            }
            client.checker.onCreate(request.build(), bed.revision());
            client.stream.create("", ignored -> request);
        }

        private void cancelCompacted(Client client) {
            List<Long> ids = client.checker.compactedIds();
            ids.stream().filter(client.canceled::add).forEach(client.stream::cancel);
        }

        private void cancelOrProgress(Client client) {
            List<Long> ids = client.checker.ids();
            if (ids.isEmpty() || random.nextInt(3) > 0) {
                client.stream.requestProgress();
            } else {
                long id = ids.get(random.nextInt(ids.size()));
                client.canceled.add(id);
                client.stream.cancel(id);
            }
        }

        private void abort(Client client) {
            if (random.nextInt(4) == 0) {
                client.stream.abort();
                client.aborted = true;
            }
        }

        /** Lets everything come to its end. */
        private void settle() {
            insideRead = true;
            bed.announcing = true;
            for (int i = 0; i < 10; i++) {
                write();
            }
            clients.stream().filter(client -> !client.aborted).forEach(client -> client.stream.readAll());
            while (bed.dispatcher.size() + bed.blocking.size() > 0) {
                bed.dispatcher.runAll();
                bed.blocking.runAll();
            }
            clients.forEach(Client::check);
        }

        @Override
        public void close() {
            bed.close();
        }
    }
}
