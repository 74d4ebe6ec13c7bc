package io.netsy.node.objectstore;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A test of the real store, at the start of a node: does it decide races between writers, and show what was written?
 *
 * <p>Netsy's safety rests on conditional writes, and there are stores that take the condition and ignore it, or check it
 * before they write and let two writers pass. So this does what the protocol will do, with {@value #RACERS} writers at
 * once, under a folder of its own below {@code probe/}:
 *
 * <ol>
 *   <li>all create one object: exactly one is told so, and its bytes stand; a later create is told "exists";
 *   <li>all swap one version: exactly one is told so, and its bytes stand; a later swap of that version is a mismatch;
 *   <li>a list shows both objects, in order;
 *   <li>both are removed, in the background once the store has passed.
 * </ol>
 *
 * <p>The first two run side by side; in all it takes about five answers of the store and costs some twenty PUT requests.
 * A writer whose outcome stayed unknown may have won or lost; which one won is read from the object.
 */
public final class StoreProbe {

    private static final Logger log = LoggerFactory.getLogger(StoreProbe.class);
    private static final int RACERS = 8;
    private static final String ADVICE =
            "use a store that honours conditional writes and is consistent: AWS S3, a current MinIO, Ceph or versitygw,"
                    + " or file:DIR on one machine";

    private final ObjectStore store;
    private final StoreEnvironment environment;
    private final String createKey;
    private final String swapKey;
    private final String folder;

    public StoreProbe(ObjectStore store, StoreEnvironment environment) {
        this.store = store;
        this.environment = environment;
        this.folder = "probe/" + environment.randomId() + "/";
        this.createKey = folder + "create";
        this.swapKey = folder + "swap";
    }

    /**
     * Tests the store once and cleans up.
     *
     * @return how long it took
     * @throws ObjectStoreException.Refused naming what the store does wrong, or what it refused
     * @throws ObjectStoreException when the store could not be tested now
     */
    public Duration run() {
        long start = environment.nanoTime().getAsLong();
        boolean passed = false;
        try (ExecutorService executor = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("store-probe-", 0).factory())) {
            CompletableFuture<Void> creates = CompletableFuture.runAsync(() -> checkCreates(executor), executor);
            CompletableFuture<Void> swaps = CompletableFuture.runAsync(() -> checkSwaps(executor), executor);
            join(CompletableFuture.allOf(creates, swaps).exceptionally(shownBelow -> null));
            join(creates);
            join(swaps);
            checkList();
            passed = true;
        } finally {
            if (passed) {
                Thread.ofVirtual().name("store-probe-removal").start(this::removeQuietly);
            } else {
                removeQuietly();
            }
        }
        Duration took = environment.since(start);
        log.info("event=store-probed store=\"{}\" tookMillis={}", store.describe(), took.toMillis());
        return took;
    }

    /** What a racer was told. */
    private enum Told {
        WON,
        LOST,
        NOTHING
    }

    private void checkCreates(ExecutorService executor) {
        List<Told> told = race(executor, racer -> switch (store.putIfAbsent(createKey, bodyOf(racer))) {
            case PutOutcome.Created created -> Told.WON;
            case PutOutcome.Exists exists -> Told.LOST;
        });
        checkOneWinner(told, createKey, "creators of one key", "it ignores If-None-Match");
        if (!(store.putIfAbsent(createKey, bodyOf(RACERS)) instanceof PutOutcome.Exists)) {
            throw unfit("created a key that was taken: it ignores If-None-Match, so it cannot serialise writers");
        }
    }

    private void checkSwaps(ExecutorService executor) {
        if (!(store.putIfAbsent(swapKey, bodyOf(RACERS)) instanceof PutOutcome.Created created)) {
            throw unfit("says that a key is taken which nobody wrote");
        }
        ObjectVersion version = created.version();
        List<Told> told = race(executor, racer -> swap(version, racer));
        checkOneWinner(told, swapKey, "swaps of one version", "it ignores If-Match");
        if (swap(version, RACERS) == Told.WON) {
            throw unfit("swapped a version that was gone: it ignores If-Match, so it cannot serialise writers");
        }
    }

    private Told swap(ObjectVersion version, int racer) {
        return switch (store.putIfMatch(swapKey, version, bodyOf(racer).array())) {
            case SwapOutcome.Swapped swapped -> Told.WON;
            case SwapOutcome.Mismatch mismatch -> Told.LOST;
        };
    }

    private void checkOneWinner(List<Told> told, String key, String attempts, String suspicion) {
        long winners = told.stream().filter(Told.WON::equals).count();
        if (winners > 1) {
            throw unfit("accepted " + winners + " " + attempts + ": " + suspicion
                    + ", or checks it before it writes, so it cannot serialise writers");
        }
        Optional<StoredObject> object = store.get(key);
        if (object.isEmpty()) {
            throw winners == 1
                    ? unfit("does not show an object just after it was written")
                    : untested("none of " + RACERS + " writes got through");
        }
        int standing = racerOf(object.get());
        boolean plausible = winners == 1
                ? standing == told.indexOf(Told.WON)
                : standing < RACERS && told.get(standing) == Told.NOTHING;
        if (plausible) {
            return;
        }
        if (winners == 0 && told.contains(Told.NOTHING)) {
            throw untested("none of " + RACERS + " " + attempts + " is known to have got through");
        }
        throw unfit("shows the bytes of a writer that it told it had lost, or older ones");
    }

    private void checkList() {
        List<String> keys =
                store.list(folder, null, 10).stream().map(ObjectInfo::key).toList();
        if (!keys.equals(List.of(createKey, swapKey))) {
            throw unfit("does not list, in order, objects just after they were written: it listed " + keys);
        }
    }

    private interface Attempt {
        Told run(int racer);
    }

    /** The executor takes all of the racers or the rest would wait for them: it is not closed before both checks are over. */
    private static List<Told> race(ExecutorService executor, Attempt attempt) {
        CountDownLatch ready = new CountDownLatch(RACERS);
        List<Future<Told>> racers = new ArrayList<>();
        for (int i = 0; i < RACERS; i++) {
            int racer = i;
            racers.add(executor.submit((Callable<Told>) () -> {
                ready.countDown();
                ready.await();
                return tryOnce(attempt, racer);
            }));
        }
        return racers.stream().map(StoreProbe::join).toList();
    }

    private static Told tryOnce(Attempt attempt, int racer) {
        try {
            return attempt.run(racer);
        } catch (ObjectStoreException.OutcomeUnknown e) {
            return Told.NOTHING;
        }
    }

    private static <T> T join(Future<T> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ObjectStoreException.Unavailable("probe", "the calling thread was interrupted", "start again", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ObjectStoreException fault) {
                throw fault;
            }
            throw new IllegalStateException("probing the store failed", e);
        }
    }

    private void removeQuietly() {
        try {
            store.delete(List.of(createKey, swapKey));
        } catch (ObjectStoreException e) {
            log.warn(
                    "event=probe-leftovers store=\"{}\" folder={} reason=\"{}\"",
                    store.describe(),
                    folder,
                    e.getMessage());
        }
    }

    private static ByteBuffer bodyOf(int racer) {
        return ByteBuffer.wrap(Integer.toString(racer).getBytes(StandardCharsets.US_ASCII));
    }

    private static int racerOf(StoredObject object) {
        try {
            return Integer.parseInt(new String(object.body(), StandardCharsets.US_ASCII));
        } catch (NumberFormatException e) {
            return RACERS;
        }
    }

    private ObjectStoreException unfit(String what) {
        return new ObjectStoreException.Refused("store " + store.describe(), what, ADVICE, null);
    }

    private ObjectStoreException untested(String reason) {
        return new ObjectStoreException.Unavailable(
                "probe store " + store.describe(), reason, "try again when the store answers", null);
    }
}
