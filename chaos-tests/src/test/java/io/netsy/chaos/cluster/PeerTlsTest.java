package io.netsy.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.chaos.cluster.PeerAuthority.PeerFiles;
import io.netsy.chaos.crash.StoreUnderTest;
import io.netsy.chaos.process.NodeClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes that show each other certificates, and those that they refuse. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PeerTlsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int TRIES = 5;
    private static final String STRAY = "node-c";
    private static final String KILLED_IN_THE_HANDSHAKE = "the connection was closed in the handshake";
    private static final String REFUSED = "WARN .*(peer refused|peer stream failed)";

    /** Beyond what it is after the first hundred. */
    private static final long HEAP_GROWTH_BYTES = 6 << 20;

    private static final long RESIDENT_GROWTH_BYTES = 64 << 20;

    private final Map<String, PeerFiles> files = new LinkedHashMap<>();
    private PeerAuthority authority;
    private Path directory;
    private ClusterProcesses cluster;

    @SuppressWarnings("NullAway.Init") // before all tests
    PeerTlsTest() {}

    @BeforeAll
    void startCluster(@TempDir Path folder) throws Exception {
        directory = folder;
        authority = PeerAuthority.create("First");
        List<String> arguments = new ArrayList<>(ClusterProcesses.level("on"));
        arguments.addAll(List.of("--tls-reload-interval", "200ms"));
        cluster = ClusterProcesses.prepare(folder, StoreUnderTest.file(folder.resolve("store")), arguments);
        for (String name : ClusterProcesses.NODES) {
            PeerFiles own = PeerFiles.in(folder.resolve("tls-" + name));
            own.show(authority.issue(name));
            own.trust(authority);
            files.put(name, own);
            cluster.configure(name, own.arguments());
        }
        ClusterProcesses.NODES.forEach(cluster::start);
        cluster.awaitServing();
        cluster.awaitRule("on, ANY 1");
    }

    @AfterAll
    void stopCluster() throws Exception {
        cluster.close();
    }

    private PeerFiles files(String name) {
        PeerFiles own = files.get(name);
        if (own == null) {
            throw new IllegalArgumentException("no node " + name);
        }
        return own;
    }

    /** By the standbys, which pass it on. */
    private void writeByStandbys(String value) {
        for (String name : ClusterProcesses.STANDBYS) {
            NodeClient client = cluster.client(name);
            Awaitility.await("a write by " + name)
                    .atMost(PATIENCE)
                    .until(() -> client.tryPut("/by/" + name, value, Duration.ofSeconds(5))
                            .isOk());
            assertThat(cluster.client(ClusterProcesses.PRIMARY).get("/by/" + name))
                    .contains(value);
        }
    }

    @Test
    void writesAreReplicatedAndPassedOn() throws Exception {
        writeByStandbys("first");

        assertThat(cluster.said(ClusterProcesses.PRIMARY, "listening for nodes .*tls=true"))
                .hasSize(1);
        assertThat(ClusterAudit.differences(cluster)).isEmpty();
    }

    @Test
    void strangersAreRefusedWithOneLineOnBothSides() throws Exception {
        String gone = "standby gone node=" + STRAY;
        int before = cluster.said(ClusterProcesses.PRIMARY, gone).size();
        cluster.kill(STRAY);
        cluster.awaitSaid(ClusterProcesses.PRIMARY, gone, before + 1);
        PeerFiles own = files(STRAY);

        cluster.configure(STRAY, List.of());
        assertRefused(() -> cluster.start(STRAY), "not an SSL/TLS record", "it speaks TLS, and this node does not");

        PeerFiles strange = PeerFiles.in(directory.resolve("tls-strange"));
        strange.show(authority.namesake().issue(STRAY));
        strange.trust(authority);
        cluster.configure(STRAY, strange.arguments());
        assertRefused(() -> cluster.start(STRAY), "TLS failed: .*PKIX path", "TLS failed: .*");

        cluster.configure(STRAY, own.arguments());
        StoreUnderTest otherStore = StoreUnderTest.file(directory.resolve("other-store"));
        String otherCluster = "node node-c is of cluster [0-9a-f-]{36}, this is cluster [0-9a-f-]{36}";
        assertRefused(() -> cluster.startImpostor(STRAY, otherStore), otherCluster, otherCluster);

        cluster.start(STRAY);
        cluster.awaitServing(STRAY);
        writeByStandbys("without strangers");
    }

    /** Starts a node, waits for some tries, ends it, and looks at what was said. */
    private void assertRefused(Runnable start, String primarysReason, String itsOwnReason) throws Exception {
        int earlier = cluster.said(ClusterProcesses.PRIMARY, "peer refused ").size();
        start.run();
        long before = cluster.link(STRAY).accepted();
        Awaitility.await("some tries")
                .atMost(PATIENCE)
                .until(() -> cluster.link(STRAY).accepted() >= before + TRIES);
        cluster.kill(STRAY);

        assertThat(cluster.said(ClusterProcesses.PRIMARY, "peer refused ").stream()
                        .skip(earlier)
                        .filter(line -> !line.contains(KILLED_IN_THE_HANDSHAKE)))
                .singleElement()
                .asString()
                .contains(" WARN ")
                .containsPattern(primarysReason);
        assertThat(cluster.said(STRAY, REFUSED)).singleElement().asString().containsPattern(itsOwnReason);
        assertThat(cluster.said(STRAY, "following the primary")).isEmpty();
        cluster.client(ClusterProcesses.PRIMARY).put("/still", "serves");
    }

    @Test
    void newFilesAreUsedByTheNextConnectionWithoutARestart() throws Exception {
        PeerAuthority next = PeerAuthority.create("Next");
        replaceFiles(own -> own.trust(authority, next));
        reconnect();
        replaceFiles(own -> own.show(next.issue("renewed")));
        reconnect();
        replaceFiles(own -> own.trust(next));
        reconnect();

        PeerAuthority old = authority;
        authority = next;
        assertThat(BadPeer.handshake(peerPort(), next.bundle(), next.issue("welcome")))
                .isEqualTo("CN=renewed");
        assertThat(BadPeer.handshake(peerPort(), next.bundle(), old.issue("late")))
                .startsWith("refused: ");
        assertThat(ClusterAudit.differences(cluster)).isEmpty();
    }

    private interface Change {
        void on(PeerFiles own) throws Exception;
    }

    /** On all nodes; waits until the primary's listener has taken them over, which looks now and then. */
    private void replaceFiles(Change change) throws Exception {
        int before =
                cluster.said(ClusterProcesses.PRIMARY, "certificate replaced ").size();
        int streams = cluster.said("node-b", "following the primary").size();
        for (PeerFiles own : files.values()) {
            change.on(own);
        }
        cluster.awaitSaid(ClusterProcesses.PRIMARY, "certificate replaced ", before + 1);
        writeByStandbys("with new files " + before);
        assertThat(cluster.said("node-b", "following the primary"))
                .as("streams that are open stay so")
                .hasSize(streams);
    }

    /** Streams and the connections that requests are passed on by. */
    private void reconnect() throws Exception {
        for (String name : ClusterProcesses.STANDBYS) {
            int streams = cluster.said(name, "following the primary").size();
            cluster.link(name).reset();
            cluster.awaitSaid(name, "following the primary", streams + 1);
        }
        writeByStandbys("by new connections " + cluster.link("node-b").accepted());
    }

    private int peerPort() {
        return cluster.peerPort(ClusterProcesses.PRIMARY);
    }

    @Test
    @EnabledIfSystemProperty(named = "cluster.long", matches = "true", disabledReason = "chaos-tests/live runs it")
    void aThousandBadConnectionsTakeNothing() throws Exception {
        BadPeer bad = new BadPeer(peerPort(), authority);
        double first = cluster.metric(ClusterProcesses.PRIMARY, "process_open_fds");
        bad.connect(100);
        awaitClosed(first);
        long heap = Footprint.liveHeapBytes(cluster.process(ClusterProcesses.PRIMARY));
        double resident = cluster.metric(ClusterProcesses.PRIMARY, "process_resident_memory_bytes");
        double open = cluster.metric(ClusterProcesses.PRIMARY, "process_open_fds");
        int lines = outputLines();

        bad.connect(1_000);

        awaitClosed(open);
        assertThat(Footprint.liveHeapBytes(cluster.process(ClusterProcesses.PRIMARY)) - heap)
                .isLessThan(HEAP_GROWTH_BYTES);
        assertThat(cluster.metric(ClusterProcesses.PRIMARY, "process_resident_memory_bytes") - resident)
                .isLessThan(RESIDENT_GROWTH_BYTES);
        assertThat(outputLines() - lines).as("no line for what was said before").isLessThan(20);
        writeByStandbys("with bad peers");
    }

    private int outputLines() throws Exception {
        return cluster.said(ClusterProcesses.PRIMARY, "").size();
    }

    /** Of what the primary had open before, clients come and go too. */
    private void awaitClosed(double before) {
        Awaitility.await("their connections are closed")
                .atMost(PATIENCE)
                .until(() -> cluster.metric(ClusterProcesses.PRIMARY, "process_open_fds") <= before + 3);
    }
}
