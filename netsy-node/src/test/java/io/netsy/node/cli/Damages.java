package io.netsy.node.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Every way to damage what a cluster keeps, and the one line that a command must say of it. */
final class Damages {
    /** Damage to a cluster, the command that comes across it, and what it says. */
    record Broken(String name, Command command, Breaker breaker, String pattern) {
        /** Does the damage. */
        interface Breaker {
            void damage(SampleCluster cluster) throws Exception;
        }

        @Override
        public String toString() {
            return command + ": " + name;
        }
    }

    /** The commands that read a cluster. */
    enum Command {
        START,
        /** As on a new disk: all comes from the bucket. */
        START_ANEW,
        CHECK_STORE,
        CHECK_DATA_DIR,
        CHECK_BOTH
    }

    private static final String NEWER =
            "was written by a newer netsy: format \\d+, this one reads \\d+; run the version";

    static final List<Broken> BROKEN = broken();

    private static List<Broken> broken() {
        List<Broken> cases = new ArrayList<>();
        for (Command command : List.of(Command.START, Command.CHECK_STORE)) {
            cases.add(new Broken(
                    "cluster.json of a newer format",
                    command,
                    cluster -> Damage.replace(cluster.file("cluster.json"), "\"format\":1", "\"format\":2"),
                    "cluster.json in file:.* " + NEWER.replace("; run", ".*; run")));
            cases.add(new Broken(
                    "cluster.json cut off",
                    command,
                    cluster -> Damage.cutInHalf(cluster.file("cluster.json")),
                    "cluster.json in file:.* is damaged: .*; .*restore the object"));
            cases.add(new Broken(
                    "cluster.json with a flipped bit",
                    command,
                    cluster -> Damage.flipBit(cluster.file("cluster.json"), 0),
                    "cluster.json in file:.* is damaged: .*; .*restore the object"));
            cases.add(
                    new Broken(
                            "cluster.json deleted",
                            command,
                            cluster -> Files.delete(cluster.file("cluster.json")),
                            "(belongs to cluster .*, the store holds none; check --store)|(is missing, so .*; restore the object)"));
            cases.add(new Broken(
                    "term.json of a newer format",
                    command,
                    cluster -> Damage.replace(cluster.file("term.json"), "\"format\":1", "\"format\":3"),
                    "term.json in file:.*the term register " + NEWER));
            cases.add(new Broken(
                    "term.json cut off",
                    command,
                    cluster -> Damage.cutInHalf(cluster.file("term.json")),
                    "term.json in file:.*the term register is damaged: .*; restore an earlier version"));
            cases.add(new Broken(
                    "term.json with a flipped bit",
                    command,
                    cluster -> Damage.flipBit(cluster.file("term.json"), 0),
                    "term.json in file:.*the term register is damaged: .*; restore an earlier version"));
            cases.add(new Broken(
                    "term.json emptied",
                    command,
                    cluster -> Files.writeString(cluster.file("term.json"), ""),
                    "term.json in file:.*the term register is damaged: .*; restore an earlier version"));
            cases.add(new Broken(
                    "term.json without a list of voters",
                    command,
                    cluster -> Damage.replace(cluster.file("term.json"), "\"voters\":[", "\"voters\":7,\"v\":["),
                    "term.json in file:.*the term register is damaged: .*; restore an earlier version"));
        }
        cases.addAll(brokenLog());
        cases.addAll(brokenSnapshots());
        cases.addAll(brokenDataDirs());
        return cases;
    }

    private static List<Broken> brokenLog() {
        List<Broken> cases = new ArrayList<>();
        for (Command command : List.of(Command.START_ANEW, Command.CHECK_STORE)) {
            cases.add(new Broken(
                    "chunk of a newer format",
                    command,
                    cluster -> {
                        Path file = cluster.file(cluster.chunks().getLast());
                        byte[] bytes = Files.readAllBytes(file);
                        bytes[4] = 2;
                        Files.write(file, bytes);
                    },
                    "chunk log/\\d{20} " + NEWER));
            cases.add(
                    new Broken(
                            "chunk cut off",
                            command,
                            cluster -> Damage.cutInHalf(
                                    cluster.file(cluster.chunks().getLast())),
                            "chunk log/\\d{20} is damaged: it has \\d+ bytes, its header says \\d+; restore an earlier version"));
            cases.add(new Broken(
                    "chunk with a flipped bit",
                    command,
                    cluster -> Damage.flipBitInTheMiddle(
                            cluster.file(cluster.chunks().getLast())),
                    "chunk log/\\d{20} is damaged: CRC32C is .*; restore an earlier version"));
            cases.add(new Broken(
                    "chunk missing in the middle",
                    command,
                    cluster -> Files.delete(
                            cluster.file(cluster.chunks().reversed().get(1))),
                    "log/\\d{20} is missing, though log/\\d{20} is there; .*restore"));
        }
        cases.add(new Broken(
                "last chunk gone",
                Command.CHECK_STORE,
                cluster -> Files.delete(cluster.file(cluster.chunks().getLast())),
                "term.json does not fit the log: its required tip is .*, the log ends at .*; the bucket lost chunks"));
        cases.add(new Broken(
                "a stranger's object",
                Command.CHECK_STORE,
                cluster -> Files.writeString(cluster.store().resolve("log/notes"), "mine"),
                "object log/notes is no chunk; nobody but netsy may write"));
        cases.add(new Broken(
                "term.json deleted",
                Command.START,
                cluster -> {
                    Files.delete(cluster.store().resolve("term.json"));
                    Files.move(
                            cluster.store().resolve("term.json.versions"),
                            cluster.store().resolve("../gone"));
                },
                "the bucket holds a log but no term register \\(term.json\\).*Restore the object"));
        return cases;
    }

    private static List<Broken> brokenSnapshots() {
        return List.of(
                new Broken(
                        "snapshot of a newer format",
                        Command.CHECK_STORE,
                        cluster -> Damage.makeSnapshotNewer(cluster.file(cluster.snapshot())),
                        "snapshot snapshots/[0-9-]+ " + NEWER),
                new Broken(
                        "snapshot cut off",
                        Command.CHECK_STORE,
                        cluster -> Damage.cutInHalf(cluster.file(cluster.snapshot())),
                        "snapshot snapshots/[0-9-]+ is damaged: .*; restore an earlier version of the object, or delete"),
                new Broken(
                        "snapshot with a flipped bit",
                        Command.CHECK_STORE,
                        cluster -> Damage.flipBitInTheMiddle(cluster.file(cluster.snapshot())),
                        "snapshot snapshots/[0-9-]+ is damaged: .*; restore an earlier version of the object, or delete"),
                new Broken(
                        "the only snapshot cut off, the log before it deleted",
                        Command.START_ANEW,
                        cluster -> {
                            deleteBelowSnapshot(cluster);
                            Damage.cutInHalf(cluster.file(cluster.snapshot()));
                        },
                        "none of the 1 snapshots in file:.* can be used.*snapshot snapshots/[0-9-]+ is damaged: .*; restore an earlier version"));
    }

    private static List<Broken> brokenDataDirs() {
        return List.of(
                new Broken(
                        "data directory of another cluster",
                        Command.START,
                        cluster -> otherCluster(cluster.dataDir()),
                        "data directory .*: it belongs to cluster 0{8}-.*, the store holds cluster .*; check --store"),
                new Broken(
                        "data directory of another cluster",
                        Command.CHECK_BOTH,
                        cluster -> {
                            otherCluster(cluster.dataDir());
                            Files.delete(cluster.dataDir().resolve("replica.db"));
                        },
                        "data directory .* belongs to cluster 0{8}-.*, file:.* holds cluster .*; check --store"),
                new Broken(
                        "data directory of another node",
                        Command.START,
                        cluster -> Damage.replace(cluster.dataDir().resolve("identity.json"), "\"n1\"", "\"n2\""),
                        "data directory .*: it belongs to node 'n2', this is 'n1'; give each node"),
                new Broken(
                        "data directory of a newer format",
                        Command.START,
                        cluster -> Damage.replace(
                                cluster.dataDir().resolve("identity.json"), "\"format\":1", "\"format\":2"),
                        "data directory .*: it " + NEWER),
                new Broken(
                        "replica of a newer format",
                        Command.CHECK_DATA_DIR,
                        cluster -> {
                            try (Connection connection = DriverManager.getConnection(
                                            "jdbc:sqlite:" + cluster.dataDir().resolve("replica.db"));
                                    Statement statement = connection.createStatement()) {
                                statement.execute("PRAGMA user_version = 99");
                            }
                        },
                        "replica .*replica.db was written by a newer netsy: format version 99.*; it has to be deleted"),
                new Broken(
                        "replica cut off",
                        Command.CHECK_DATA_DIR,
                        cluster -> Damage.cutInHalf(cluster.dataDir().resolve("replica.db")),
                        "replica .*replica.db is damaged: .*; it has to be deleted"),
                new Broken(
                        "replica with a flipped bit in a row",
                        Command.CHECK_DATA_DIR,
                        cluster -> Damage.replaceBytes(cluster.dataDir().resolve("replica.db"), "value-9", "value-8"),
                        "replica .*replica.db is damaged: the row of revision .*checksum; it has to be deleted"),
                new Broken(
                        "replica that is no database",
                        Command.CHECK_DATA_DIR,
                        cluster -> Files.writeString(cluster.dataDir().resolve("replica.db"), "no database"),
                        "replica .*replica.db is damaged: .*; it has to be deleted"),
                new Broken(
                        "replica ahead of the bucket",
                        Command.CHECK_BOTH,
                        cluster -> {
                            Files.delete(cluster.file(cluster.chunks().getLast()));
                            Damage.replaceAll(
                                    cluster.file("term.json"),
                                    Pattern.compile("\"required_tip\":\\{[^}]*\\}"),
                                    "\"required_tip\":null");
                        },
                        "replica in .* does not fit the log: .*, the log ends at .*; the bucket lost objects"));
    }

    static void otherCluster(Path dataDir) throws Exception {
        Damage.replaceAll(
                dataDir.resolve("identity.json"),
                Pattern.compile("\"cluster_id\":\"[^\"]*\""),
                "\"cluster_id\":\"00000000-0000-0000-0000-000000000001\"");
    }

    /** As retention would, but for the first chunk of the term. */
    static void deleteBelowSnapshot(SampleCluster cluster) throws Exception {
        long index = Long.parseLong(cluster.snapshot().substring("snapshots/".length(), "snapshots/".length() + 20));
        long floor = 1;
        for (String chunk : cluster.chunks()) {
            long first = Long.parseLong(chunk.substring("log/".length()));
            if (first <= index) {
                Files.delete(cluster.file(chunk));
            } else {
                floor = floor == 1 ? first : floor;
            }
        }
        Damage.replace(cluster.file("term.json"), "\"log_floor\":1", "\"log_floor\":" + floor);
    }

    private Damages() {}
}
