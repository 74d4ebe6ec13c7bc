package io.netsy.node.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.netsy.node.config.ConfigInputs;
import io.netsy.node.config.ConfigLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node of a newer netsy starts on the disk of an older one. */
class ReplicaUpgradeTest {
    private static final ByteSequence KEY = bytes("key");

    @TempDir
    Path directory;

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }

    private RunningNode start() throws Exception {
        Map<String, String> options = new HashMap<>();
        options.put("store", "file:" + directory.resolve("store"));
        options.put("name", "n1");
        options.put("dataDir", directory.resolve("disk").toString());
        options.put("listen.client", "127.0.0.1:0");
        options.put("lease.readLease", "500ms");
        return RunningNode.start(ConfigLoader.load(new ConfigInputs(null, Map.of(), options, false))
                .config());
    }

    private static Client connect(RunningNode to) {
        return Client.builder()
                .endpoints("http://127.0.0.1:" + to.clientAddress().getPort())
                .retryMaxDuration(Duration.ofSeconds(2))
                .build();
    }

    private Connection replica() throws SQLException {
        return DriverManager.getConnection(
                "jdbc:sqlite:" + directory.resolve("disk").resolve("replica.db"));
    }

    private int formatVersion() throws SQLException {
        try (Connection connection = replica();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("PRAGMA user_version")) {
            rows.next();
            return rows.getInt(1);
        }
    }

    /** As version 2 was: nobody knew of members. */
    private void makeOlder() throws SQLException {
        try (Connection connection = replica();
                Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE member");
            statement.execute("PRAGMA user_version = 2");
        }
    }

    @Test
    void aReplicaOfTheFormatBeforeIsBuiltAnewFromTheBucket() throws Exception {
        RunningNode first = start();
        try (Client client = connect(first)) {
            client.getKVClient().put(KEY, bytes("value")).get(30, TimeUnit.SECONDS);
        } finally {
            first.stop();
        }
        int current = formatVersion();
        makeOlder();

        RunningNode second = start();
        try (Client client = connect(second)) {
            assertThat(client.getKVClient().get(KEY).get(30, TimeUnit.SECONDS).getKvs())
                    .singleElement()
                    .satisfies(found -> {
                        assertThat(found.getValue()).isEqualTo(bytes("value"));
                        assertThat(found.getVersion()).isEqualTo(1);
                    });
        } finally {
            second.stop();
        }
        assertThat(formatVersion()).isEqualTo(current).isGreaterThan(2);
    }
}
