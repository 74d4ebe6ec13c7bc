package io.netsy.node.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.etcd.jetcd.Auth;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.auth.Permission;
import io.netsy.node.config.ConfigInputs;
import io.netsy.node.config.ConfigLoader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Users and what they may do outlive the process, the disk, and the log below a snapshot; as jetcd sees it. */
class AuthDurabilityTest {
    @TempDir
    Path directory;

    private @Nullable RunningNode node;

    private RunningNode start(String dataDir) throws Exception {
        Map<String, String> options = new HashMap<>();
        options.put("store", "file:" + directory.resolve("store"));
        options.put("name", "n1");
        options.put("dataDir", directory.resolve(dataDir).toString());
        options.put("listen.client", "127.0.0.1:0");
        options.put("lease.readLease", "500ms");
        options.put("snapshot.interval", "1s");
        options.put("auth.bcryptCost", "4");
        RunningNode started = RunningNode.start(ConfigLoader.load(new ConfigInputs(null, Map.of(), options, false))
                .config());
        node = started;
        return started;
    }

    @AfterEach
    void stop() {
        if (node != null) {
            assertThat(node.stop()).isTrue();
            node = null;
        }
    }

    private static Client connect(RunningNode to, @Nullable String user) {
        var builder = Client.builder()
                .endpoints("http://127.0.0.1:" + to.clientAddress().getPort())
                .retryMaxDuration(Duration.ofSeconds(2));
        return user == null
                ? builder.build()
                : builder.user(bytes(user)).password(bytes("pw")).build();
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }

    private static <T> T done(CompletableFuture<T> answer) throws Exception {
        return answer.get(30, TimeUnit.SECONDS);
    }

    private static void addUsers(RunningNode to) throws Exception {
        try (Client client = connect(to, null)) {
            Auth auth = client.getAuthClient();
            done(auth.userAdd(bytes("root"), bytes("pw")));
            done(auth.userGrantRole(bytes("root"), bytes("root")));
            done(auth.userAdd(bytes("alice"), bytes("pw")));
            done(auth.roleAdd(bytes("r")));
            done(auth.roleGrantPermission(bytes("r"), bytes("a"), bytes("b"), Permission.Type.READWRITE));
            done(auth.userGrantRole(bytes("alice"), bytes("r")));
            done(auth.authEnable());
        }
    }

    private static void assertUsersCount(RunningNode at) throws Exception {
        try (Client alice = connect(at, "alice");
                Client nobody = connect(at, null)) {
            done(alice.getKVClient().put(bytes("a"), bytes("v")));
            assertThatThrownBy(() -> done(alice.getKVClient().put(bytes("x"), bytes("v"))))
                    .hasMessageContaining("etcdserver: permission denied");
            assertThatThrownBy(() -> done(nobody.getKVClient().get(bytes("a"))))
                    .hasMessageContaining("etcdserver: user name is empty");
        }
    }

    private boolean hasSnapshot() throws IOException {
        Path snapshots = directory.resolve("store").resolve("snapshots");
        if (!Files.isDirectory(snapshots)) {
            return false;
        }
        try (Stream<Path> files = Files.list(snapshots)) {
            return files.anyMatch(Files::isRegularFile);
        }
    }

    @Test
    void aRestartAndANewDiskChangeNothing() throws Exception {
        RunningNode first = start("one");
        addUsers(first);
        assertUsersCount(first);
        stop();
        assertUsersCount(start("one"));
        stop();
        assertUsersCount(start("two"));
    }

    @Test
    void aNodeThatIsBuiltFromASnapshotKnowsItsUsers() throws Exception {
        RunningNode first = start("one");
        addUsers(first);
        await().atMost(Duration.ofSeconds(60)).until(this::hasSnapshot);
        stop();
        assertUsersCount(start("two"));
    }
}
