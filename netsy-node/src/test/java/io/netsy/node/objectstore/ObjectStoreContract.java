package io.netsy.node.objectstore;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every adapter of the port must do; run it against each store there is. */
public abstract class ObjectStoreContract {

    private static final int RACERS = 8;

    @TempDir
    protected Path scratch;

    protected ObjectStore store;

    /** A store that holds nothing yet. */
    protected abstract ObjectStore openEmpty() throws Exception;

    /** Another connection to the same objects, as another process would open. */
    protected abstract ObjectStore openAgain() throws Exception;

    /** The size above which the store under test uploads in parts. */
    protected long partThresholdBytes() {
        return 1 << 20;
    }

    @BeforeEach
    final void openStore() throws Exception {
        store = openEmpty();
    }

    @AfterEach
    final void closeStore() {
        store.close();
    }

    @Test
    void anAbsentObjectIsEmpty() {
        assertThat(store.get("log/00000000000000000001")).isEmpty();
        assertThatExceptionOfType(ObjectStoreException.ObjectMissing.class)
                .isThrownBy(() -> store.open("log/00000000000000000001"))
                .withMessageContaining("log/00000000000000000001");
    }

    @Test
    void aCreatedObjectIsReadBackWhole() throws IOException {
        ObjectVersion version = created(store.putIfAbsent("cluster.json", bytes("{}")));

        StoredObject object = store.get("cluster.json").orElseThrow();
        assertThat(object.body()).asString().isEqualTo("{}");
        assertThat(object.version()).isEqualTo(version);
        assertThat(Duration.between(object.lastModified(), Instant.now()).abs()).isLessThan(Duration.ofMinutes(5));
        try (InputStream stream = store.open("cluster.json")) {
            assertThat(stream.readAllBytes()).asString().isEqualTo("{}");
        }
    }

    @Test
    void aBodyIsTheRemainingBytesOfItsBuffersWhichStayAsTheyAre() {
        ByteBuffer first = bytes("xxabc").position(2);
        ByteBuffer direct =
                ByteBuffer.allocateDirect(3).put(new byte[] {'d', 'e', 'f'}).flip();
        ByteBuffer readOnly = bytes("ghiyy").limit(3).asReadOnlyBuffer();

        created(store.putIfAbsent("log/1", first, direct, ByteBuffer.allocate(0), readOnly));

        assertThat(content("log/1")).isEqualTo("abcdefghi");
        assertThat(first.position()).isEqualTo(2);
        assertThat(direct.remaining()).isEqualTo(3);
        assertThat(readOnly.limit()).isEqualTo(3);
    }

    @Test
    void anEmptyObjectIsAnObject() {
        created(store.putIfAbsent("empty", ByteBuffer.allocate(0)));

        assertThat(content("empty")).isEmpty();
        assertThat(store.putIfAbsent("empty", bytes("x"))).isInstanceOf(PutOutcome.Exists.class);
    }

    @Test
    void aMebibyteGoesThroughUnchanged() {
        byte[] body = randomBytes(1 << 20);

        created(store.putIfAbsent(
                "log/1", ByteBuffer.wrap(body, 0, 1000), ByteBuffer.wrap(body, 1000, (1 << 20) - 1000)));

        assertThat(store.get("log/1").orElseThrow().body()).isEqualTo(body);
    }

    @Test
    void aTakenKeyIsNotOverwritten() {
        created(store.putIfAbsent("cluster.json", bytes("first")));

        assertThat(store.putIfAbsent("cluster.json", bytes("second"))).isInstanceOf(PutOutcome.Exists.class);
        assertThat(content("cluster.json")).isEqualTo("first");
    }

    @RepeatedTest(5)
    void scenario28_ofConcurrentCreatorsOneWinsAndItsBytesStand() throws Exception {
        List<Optional<PutOutcome>> outcomes;
        try (ObjectStore other = openAgain()) {
            outcomes = race(i -> (i % 2 == 0 ? store : other).putIfAbsent("log/7", bytes(Integer.toString(i))));
        }

        assertOneWinner(outcomes, PutOutcome.Created.class, Integer.parseInt(content("log/7")));
    }

    @RepeatedTest(5)
    void scenario28_ofConcurrentSwapsOneWinsAndItsBytesStand() throws Exception {
        ObjectVersion version = created(store.putIfAbsent("term.json", bytes("start")));
        List<Optional<SwapOutcome>> outcomes;
        try (ObjectStore other = openAgain()) {
            outcomes = race(i -> (i % 2 == 0 ? store : other)
                    .putIfMatch("term.json", version, Integer.toString(i).getBytes(UTF_8)));
        }

        assertOneWinner(outcomes, SwapOutcome.Swapped.class, Integer.parseInt(content("term.json")));
    }

    @Test
    void scenario28_aNewObjectIsSeenWholeOrNotAtAll() throws Exception {
        byte[] body = randomBytes(1 << 18);
        try (ObjectStore other = openAgain()) {
            List<Optional<Optional<StoredObject>>> seen = race(racer -> {
                if (racer == 0) {
                    var _ = store.putIfAbsent("log/7", ByteBuffer.wrap(body));
                }
                Optional<StoredObject> found = other.get("log/7");
                while (found.isEmpty()) {
                    found = other.get("log/7");
                }
                return found;
            });

            assertThat(seen)
                    .allSatisfy(found -> assertThat(found.flatMap(it -> it).map(StoredObject::body))
                            .hasValueSatisfying(bytes -> assertThat(bytes).isEqualTo(body)));
        }
    }

    @Test
    void swapsChainByTheVersionsTheyAnswer() throws Exception {
        ObjectVersion version = created(store.putIfAbsent("term.json", bytes("0")));
        for (int i = 1; i <= 12; i++) {
            version = swapped(
                    store.putIfMatch("term.json", version, Integer.toString(i).getBytes(UTF_8)));
        }

        StoredObject object = store.get("term.json").orElseThrow();
        assertThat(object.body()).asString().isEqualTo("12");
        assertThat(object.version()).isEqualTo(version);
        try (ObjectStore other = openAgain();
                InputStream stream = other.open("term.json")) {
            assertThat(other.get("term.json").orElseThrow().version()).isEqualTo(version);
            assertThat(stream.readAllBytes()).asString().isEqualTo("12");
        }
    }

    @Test
    void aSwapOfAnOlderVersionIsAMismatch() {
        ObjectVersion first = created(store.putIfAbsent("term.json", bytes("0")));
        swapped(store.putIfMatch("term.json", first, new byte[] {'1'}));

        assertThat(store.putIfMatch("term.json", first, new byte[] {'2'})).isInstanceOf(SwapOutcome.Mismatch.class);
        assertThat(content("term.json")).isEqualTo("1");
    }

    @Test
    void aSwapOfAnAbsentObjectIsAMismatch() {
        ObjectVersion version = created(store.putIfAbsent("other", bytes("0")));

        assertThat(store.putIfMatch("term.json", version, new byte[] {'1'})).isInstanceOf(SwapOutcome.Mismatch.class);
        assertThat(store.get("term.json")).isEmpty();
    }

    @Test
    void aSwappedObjectIsStillTaken() {
        ObjectVersion first = created(store.putIfAbsent("term.json", bytes("0")));
        swapped(store.putIfMatch("term.json", first, new byte[] {'1'}));

        assertThat(store.putIfAbsent("term.json", bytes("2"))).isInstanceOf(PutOutcome.Exists.class);
    }

    @Test
    void aListIsInKeyOrderAndShowsSizes() {
        for (String key :
                List.of("log/3", "log/1", "log/2", "log.json", "log/10", "log-a/1", "snapshots/1", "term.json")) {
            created(store.putIfAbsent(key, bytes(key)));
        }

        assertThat(keys(store.list("", null, 100)))
                .containsExactly(
                        "log-a/1", "log.json", "log/1", "log/10", "log/2", "log/3", "snapshots/1", "term.json");
        assertThat(store.list("log/", null, 100)).allSatisfy(info -> {
            assertThat(info.sizeBytes()).isEqualTo(info.key().length());
            assertThat(Duration.between(info.lastModified(), Instant.now()).abs())
                    .isLessThan(Duration.ofMinutes(5));
        });
    }

    @Test
    void aListHonoursPrefixStartAndLimit() {
        for (String key : List.of("a/1", "a/2", "a/3", "a/b/1", "a/b/2", "ab", "b")) {
            created(store.putIfAbsent(key, bytes("x")));
        }

        assertThat(keys(store.list("a/", null, 2))).containsExactly("a/1", "a/2");
        assertThat(keys(store.list("a/", "a/2", 2))).containsExactly("a/3", "a/b/1");
        assertThat(keys(store.list("a/", "a/b/1", 9))).containsExactly("a/b/2");
        assertThat(keys(store.list("a", null, 9))).containsExactly("a/1", "a/2", "a/3", "a/b/1", "a/b/2", "ab");
        assertThat(keys(store.list("a/b", "a/3", 1))).containsExactly("a/b/1");
        assertThat(keys(store.list("a/", "a/z", 9))).isEmpty();
        assertThat(keys(store.list("", "a/b", 2))).containsExactly("a/b/1", "a/b/2");
        assertThat(keys(store.list("absent/", null, 9))).isEmpty();
    }

    @Test
    void aSwappedObjectIsListedOnceWithItsNewSize() {
        ObjectVersion version = created(store.putIfAbsent("term.json", bytes("0")));
        swapped(store.putIfMatch("term.json", version, "12345".getBytes(UTF_8)));

        assertThat(store.list("", null, 100)).singleElement().satisfies(info -> {
            assertThat(info.key()).isEqualTo("term.json");
            assertThat(info.sizeBytes()).isEqualTo(5);
        });
    }

    @Test
    void moreObjectsThanTheStoreTakesAtOnceAreListedAndDeleted() throws Exception {
        List<String> expected = new ArrayList<>();
        List<Callable<PutOutcome>> puts = new ArrayList<>();
        for (int i = 0; i < 1_010; i++) {
            String key = String.format("log/%020d", i);
            expected.add(key);
            puts.add(() -> store.putIfAbsent(key, bytes("x")));
        }
        runAll(puts, 16);

        assertThat(keys(store.list("log/", null, 5_000))).isEqualTo(expected);
        assertThat(keys(store.list("log/", expected.get(2), 1_005))).isEqualTo(expected.subList(3, 1_008));

        store.delete(expected);
        assertThat(store.list("", null, 10)).isEmpty();
    }

    @Test
    void deletedObjectsAreGoneAndTheirKeysFree() {
        created(store.putIfAbsent("log/1", bytes("1")));
        created(store.putIfAbsent("log/2", bytes("2")));
        ObjectVersion version = created(store.putIfAbsent("nodes/a.json", bytes("a")));
        swapped(store.putIfMatch("nodes/a.json", version, new byte[] {'b'}));

        store.delete(List.of("log/1", "log/absent", "nodes/a.json"));
        store.delete(List.of());

        assertThat(keys(store.list("", null, 100))).containsExactly("log/2");
        assertThat(store.get("log/1")).isEmpty();
        created(store.putIfAbsent("nodes/a.json", bytes("c")));
        assertThat(content("nodes/a.json")).isEqualTo("c");
    }

    @Test
    void aSmallFileIsUploadedUnlessTheKeyIsTaken() throws IOException {
        uploadsAndRefusesToOverwrite(1_000);
    }

    @Test
    void aLargeFileIsUploadedInPartsUnlessTheKeyIsTaken() throws IOException {
        uploadsAndRefusesToOverwrite((int) (2 * partThresholdBytes() + 12_345));
    }

    private void uploadsAndRefusesToOverwrite(int sizeBytes) throws IOException {
        byte[] body = randomBytes(sizeBytes);
        Path file = Files.write(scratch.resolve("snapshot"), body);

        created(store.uploadIfAbsent("snapshots/1", file));
        Files.write(file, new byte[] {1, 2, 3});
        assertThat(store.uploadIfAbsent("snapshots/1", file)).isInstanceOf(PutOutcome.Exists.class);

        try (InputStream stream = store.open("snapshots/1")) {
            assertThat(Arrays.equals(stream.readAllBytes(), body)).isTrue();
        }
        Files.write(file, body);
        assertThat(store.uploadIfAbsent("snapshots/1", file)).isInstanceOf(PutOutcome.Exists.class);
    }

    @Test
    void ofConcurrentUploadsOneWins() throws Exception {
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < RACERS; i++) {
            byte[] body = new byte[(int) partThresholdBytes() + 100];
            Arrays.fill(body, (byte) i);
            files.add(Files.write(scratch.resolve("snapshot" + i), body));
        }

        List<Optional<PutOutcome>> outcomes = race(i -> store.uploadIfAbsent("snapshots/1", files.get(i)));

        byte[] stored = store.get("snapshots/1").orElseThrow().body();
        assertThat(stored).hasSize((int) partThresholdBytes() + 100).containsOnly(stored[0]);
        assertOneWinner(outcomes, PutOutcome.Created.class, stored[0]);
    }

    @Test
    void aStreamCanBeLeftBeforeItsEnd() throws IOException {
        created(store.putIfAbsent("snapshots/1", ByteBuffer.wrap(randomBytes(1 << 20))));

        for (int i = 0; i < 100; i++) {
            try (InputStream stream = store.open("snapshots/1")) {
                assertThat(stream.read()).isNotNegative();
            }
        }
    }

    @Test
    void keysOutsideTheGrammarAreNotSent() {
        for (String key : List.of("", "/a", "a/", "a//b", "../a", "a/./b", ".a", "a b", "ä", "a.versions", "a\\b")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> store.putIfAbsent(key, bytes("x")))
                    .withMessageContaining("\"" + key + "\"");
            assertThatIllegalArgumentException().isThrownBy(() -> store.get(key));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> store.list("/", null, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> store.list("a", null, 0));
    }

    protected static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(UTF_8));
    }

    protected static ObjectVersion created(PutOutcome outcome) {
        assertThat(outcome).isInstanceOf(PutOutcome.Created.class);
        return ((PutOutcome.Created) outcome).version();
    }

    protected static ObjectVersion swapped(SwapOutcome outcome) {
        assertThat(outcome).isInstanceOf(SwapOutcome.Swapped.class);
        return ((SwapOutcome.Swapped) outcome).version();
    }

    protected final String content(String key) {
        return new String(store.get(key).orElseThrow().body(), UTF_8);
    }

    private static List<String> keys(List<ObjectInfo> infos) {
        return infos.stream().map(ObjectInfo::key).toList();
    }

    private static byte[] randomBytes(int sizeBytes) {
        byte[] bytes = new byte[sizeBytes];
        new Random(7).nextBytes(bytes);
        return bytes;
    }

    /** The racer whose bytes stand was told so, or, on a store that leaves racers without answer, was told nothing. */
    private static <T> void assertOneWinner(List<Optional<T>> outcomes, Class<? extends T> won, int standing) {
        long winners = outcomes.stream()
                .flatMap(Optional::stream)
                .filter(won::isInstance)
                .count();
        if (winners == 0) {
            assertThat(outcomes.get(standing)).isEmpty();
        } else {
            assertThat(winners).isEqualTo(1);
            assertThat(outcomes.get(standing)).get().isInstanceOf(won);
        }
    }

    /** One racer's attempt. */
    protected interface Attempt<T> {
        T run(int racer) throws Exception;
    }

    /** What each racer was told; empty where the outcome stayed unknown. */
    protected static <T> List<Optional<T>> race(Attempt<T> attempt) throws Exception {
        CyclicBarrier start = new CyclicBarrier(RACERS);
        List<Callable<Optional<T>>> racers = new ArrayList<>();
        for (int i = 0; i < RACERS; i++) {
            int racer = i;
            racers.add(() -> {
                start.await();
                try {
                    return Optional.of(attempt.run(racer));
                } catch (ObjectStoreException.OutcomeUnknown e) {
                    return Optional.empty();
                }
            });
        }
        return runAll(racers, RACERS);
    }

    /** On platform threads: virtual ones that read files in a loop never leave a processor to the one that they wait for. */
    private static <T> List<T> runAll(List<Callable<T>> calls, int threads) throws Exception {
        try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
            List<T> results = new ArrayList<>();
            for (Future<T> future : executor.invokeAll(calls)) {
                results.add(future.get());
            }
            return results;
        }
    }
}
