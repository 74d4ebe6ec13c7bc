package io.netsy.node.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import io.netsy.node.config.ConfigInputs;
import io.netsy.node.config.ConfigLoader;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What jetcd sees of a whole node, on whichever store the subclass names; run over every one that can be had. */
abstract class JetcdEndToEndContract {
    private static final int TIMEOUT_SECONDS = 30;

    @TempDir
    Path directory;

    @SuppressWarnings("NullAway.Init") // by start
    private RunningNode node;

    @SuppressWarnings("NullAway.Init") // by start
    private Client client;

    /** Options that name the store. */
    abstract Map<String, String> storeOptions(Path folder) throws Exception;

    private void start(String dataDir) throws Exception {
        Map<String, String> options = new HashMap<>(storeOptions(directory.resolve("store")));
        options.put("name", "n1");
        options.put("dataDir", directory.resolve(dataDir).toString());
        options.put("listen.client", "127.0.0.1:0");
        options.put("lease.readLease", "500ms");
        node = RunningNode.start(ConfigLoader.load(new ConfigInputs(null, Map.of(), options, false))
                .config());
        client = Client.builder()
                .endpoints("http://127.0.0.1:" + node.clientAddress().getPort())
                .build();
    }

    @AfterEach
    void stop() {
        client.close();
        assertThat(node.stop()).isTrue();
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }

    private List<KeyValue> get(String key) throws Exception {
        return client.getKVClient()
                .get(bytes(key))
                .get(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .getKvs();
    }

    private long put(String key, String value) throws Exception {
        return client.getKVClient()
                .put(bytes(key), bytes(value))
                .get(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .getHeader()
                .getRevision();
    }

    @Test
    void putGetTransactionDelete() throws Exception {
        start("a");
        long revision = put("k", "1");
        TxnResponse wrong = client.getKVClient()
                .txn()
                .If(new Cmp(bytes("k"), Cmp.Op.EQUAL, CmpTarget.modRevision(revision + 1)))
                .Then(Op.put(bytes("k"), bytes("2"), PutOption.DEFAULT))
                .Else(Op.get(bytes("k"), GetOption.DEFAULT))
                .commit()
                .get(TIMEOUT_SECONDS, TimeUnit.SECONDS);

        assertThat(wrong.isSucceeded()).isFalse();
        assertThat(wrong.getGetResponses().getFirst().getKvs().getFirst().getValue())
                .isEqualTo(bytes("1"));
        assertThat(client.getKVClient()
                        .delete(bytes("k"), DeleteOption.DEFAULT)
                        .get(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                        .getDeleted())
                .isEqualTo(1);
        assertThat(get("k")).isEmpty();
    }

    @Test
    void watchSeesHistoryAndTheLiveInOrder() throws Exception {
        start("a");
        long first = put("w", "0");
        BlockingQueue<WatchEvent> events = new LinkedBlockingQueue<>();
        try (var watcher = client.getWatchClient()
                .watch(
                        bytes("w"),
                        WatchOption.builder()
                                .withRevision(first)
                                .withPrevKV(true)
                                .build(),
                        response -> events.addAll(response.getEvents()))) {
            for (int i = 1; i <= 20; i++) {
                put("w", Integer.toString(i));
            }
            for (int i = 0; i <= 20; i++) {
                WatchEvent event = events.poll(TIMEOUT_SECONDS, TimeUnit.SECONDS);
                assertThat(event)
                        .extracting(seen -> seen.getKeyValue().getValue())
                        .isEqualTo(bytes(Integer.toString(i)));
            }
            assertThat(watcher.isClosed()).isFalse();
        }
    }

    @Test
    void aLeaseTakesItsKeysAlong() throws Exception {
        start("a");
        long first = put("before", "0") + 1;
        long lease = client.getLeaseClient()
                .grant(2)
                .get(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .getID();
        BlockingQueue<WatchEvent> events = new LinkedBlockingQueue<>();
        // From a revision: the client does not wait for its watch to begin before it puts.
        try (var watcher = client.getWatchClient()
                .watch(
                        bytes("leased"),
                        WatchOption.builder().withRevision(first).build(),
                        response -> events.addAll(response.getEvents()))) {
            client.getKVClient()
                    .put(
                            bytes("leased"),
                            bytes("x"),
                            PutOption.builder().withLeaseId(lease).build())
                    .get(TIMEOUT_SECONDS, TimeUnit.SECONDS);

            assertThat(events.poll(TIMEOUT_SECONDS, TimeUnit.SECONDS))
                    .extracting(WatchEvent::getEventType)
                    .isEqualTo(WatchEvent.EventType.PUT);
            assertThat(events.poll(TIMEOUT_SECONDS, TimeUnit.SECONDS))
                    .extracting(WatchEvent::getEventType)
                    .isEqualTo(WatchEvent.EventType.DELETE);
            assertThat(watcher.isClosed()).isFalse();
        }
        assertThat(get("leased")).isEmpty();
    }

    @Test
    void compactionTakesOldRevisions() throws Exception {
        start("a");
        long old = put("c", "1");
        long current = put("c", "2");
        client.getKVClient().compact(current).get(TIMEOUT_SECONDS, TimeUnit.SECONDS);

        assertThatThrownBy(() -> client.getKVClient()
                        .get(bytes("c"), GetOption.builder().withRevision(old).build())
                        .get(TIMEOUT_SECONDS, TimeUnit.SECONDS))
                .hasMessageContaining("required revision has been compacted");
        assertThat(get("c").getFirst().getValue()).isEqualTo(bytes("2"));
    }

    @Test
    void everythingComesBackOnAnEmptyDisk() throws Exception {
        start("a");
        for (int i = 0; i < 100; i++) {
            put("k" + i, "v" + i);
        }
        long revision = put("k0", "changed");
        stop();

        start("another-disk");

        assertThat(get("k0").getFirst().getModRevision()).isEqualTo(revision);
        assertThat(get("k0").getFirst().getVersion()).isEqualTo(2);
        assertThat(get("k99").getFirst().getValue()).isEqualTo(bytes("v99"));
        assertThat(put("k0", "again")).isEqualTo(revision + 1);
    }

    @Test
    void aSnapshotIsWholeAndLeavesNothingBehind() throws Exception {
        start("a");
        for (int i = 0; i < 100; i++) {
            put("k" + i, "v".repeat(1_000));
        }
        ByteArrayOutputStream saved = new ByteArrayOutputStream();
        client.getMaintenanceClient().snapshot(saved).get(TIMEOUT_SECONDS, TimeUnit.SECONDS);

        byte[] file = saved.toByteArray();
        assertThat(file.length % 512).isEqualTo(32);
        byte[] content = Arrays.copyOf(file, file.length - 32);
        assertThat(MessageDigest.getInstance("SHA-256").digest(content))
                .isEqualTo(Arrays.copyOfRange(file, content.length, file.length));
        assertThat(directory.resolve("a").resolve("tmp")).isEmptyDirectory();
    }
}
