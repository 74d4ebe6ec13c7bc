package io.netsy.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.chaos.process.NodeClient.OpenWatch;
import io.netsy.chaos.process.NodeProcess;
import io.netsy.elector.term.TermRegister;
import io.netsy.elector.term.TermRegister.Forced;
import io.netsy.elector.term.TermRegisterCodec;
import io.netsy.node.objectstore.testkit.FaultProxy;
import io.netsy.replication.core.PrimaryCore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * At {@code quorum} two of three nodes are gone, with writes that they acknowledged and the third one lacks. {@code netsy force} says which,
 * changes nothing until it is told exactly that, and then the third one serves. The others come back, and what was lost does not.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class ForceTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int WRITES = 5;
    private static final Pattern ACCEPT = Pattern.compile("--accept-loss-after (\\d+)");

    @TempDir
    Path directory;

    @Test
    void whatIsNamedIsLostAndNothingElse() throws Exception {
        List<String> late = List.of("--replication-archive-delay", "10m");
        try (ElectedCluster elected = ElectedCluster.start(directory, "quorum", late)) {
            ClusterProcesses cluster = elected.processes();
            String primary = cluster.primary();
            String left = ClusterProcesses.others(primary).getFirst();
            String other = ClusterProcesses.others(primary).getLast();
            put(cluster, primary, "kept");
            long revision = cluster.client(primary).revision();
            cluster.awaitRevision(left, revision);
            cluster.links().between(primary, left, FaultProxy::cut);
            put(cluster, primary, "lost");
            cluster.kill(primary);
            cluster.kill(other);
            cluster.links().between(primary, left, FaultProxy::restore);

            try (OpenWatch watch = cluster.client(left).watchFrom(revision)) {
                long lossAfter = refusesByDefault(elected, left, primary);
                refusesAnotherIndex(elected, left, lossAfter + 1);
                assertThat(watch.isOpen()).isTrue();
                forces(elected, left, lossAfter);
                serves(cluster, left, revision);
                Awaitility.await("a watch from before ends, for its revisions are compacted")
                        .atMost(PATIENCE)
                        .until(() -> !watch.isOpen());
            }

            cluster.start(other);
            cluster.start(primary);
            cluster.awaitFollowed("quorum");
            theSameEverywhere(cluster);
            String next = ClusterProcesses.others(cluster.primary()).getFirst();
            cluster.kill(cluster.primary());
            cluster.awaitServing(next);
            assertThat(cluster.client(next).get("lost-0")).isEmpty();
            assertThat(cluster.client(next).get("after")).contains("x");
        }
    }

    private static void put(ClusterProcesses cluster, String node, String name) {
        for (int i = 0; i < WRITES; i++) {
            assertThat(cluster.client(node).put(name + "-" + i, "x")).isPositive();
        }
    }

    private static TermRegister register(ElectedCluster elected) throws Exception {
        return TermRegisterCodec.decode(elected.object("term.json"));
    }

    /** Answers the index that it says. */
    private static long refusesByDefault(ElectedCluster elected, String left, String primary) throws Exception {
        TermRegister before = register(elected);
        NodeProcess report = elected.processes().runAs(ElectedCluster.ELECTOR, "force", "--node", left);
        assertThat(report.awaitEnd()).as(report.output()).isEqualTo(1);
        assertThat(report.output())
                .contains("in force: quorum")
                .contains("that were acknowledged by quorum of '%s' and 1 of".formatted(primary))
                .contains(primary + ": does not answer, a voter")
                .contains("nothing was changed");
        assertThat(register(elected)).isEqualTo(before);
        Matcher accept = ACCEPT.matcher(report.output());
        assertThat(accept.find()).as(report.output()).isTrue();
        long lossAfter = Long.parseLong(accept.group(1));
        assertThat(report.output()).contains("entries above index %d of term".formatted(lossAfter));
        return lossAfter;
    }

    private static void refusesAnotherIndex(ElectedCluster elected, String left, long index) throws Exception {
        TermRegister before = register(elected);
        NodeProcess wrong = elected.processes()
                .runAs(ElectedCluster.ELECTOR, "force", "--node", left, "--accept-loss-after", String.valueOf(index));
        assertThat(wrong.awaitEnd()).as(wrong.output()).isEqualTo(1);
        assertThat(wrong.output()).contains("nothing was changed: what may be lost is behind index");
        assertThat(register(elected)).isEqualTo(before);
    }

    private static void forces(ElectedCluster elected, String left, long lossAfter) throws Exception {
        NodeProcess force = elected.processes()
                .runAs(
                        ElectedCluster.ELECTOR,
                        "force",
                        "--node",
                        left,
                        "--accept-loss-after",
                        String.valueOf(lossAfter),
                        "--by",
                        "the operator");
        assertThat(force.awaitEnd()).as(force.output()).isZero();
        assertThat(force.output()).contains("'%s' is primary".formatted(left));
        Forced forced = register(elected).forced();
        assertThat(forced).isNotNull();
        assertThat(forced.by()).isEqualTo("the operator");
        assertThat(forced.after().index()).isEqualTo(lossAfter);
        assertThat(forced.without()).containsExactlyInAnyOrderElementsOf(ClusterProcesses.others(left));
    }

    /** What was there before is there still, what it lacked is not, and no revision is given out again. */
    private static void serves(ClusterProcesses cluster, String left, long before) {
        Awaitility.await("a write at " + left)
                .atMost(PATIENCE)
                .until(() -> cluster.client(left)
                        .tryPut("after", "x", Duration.ofSeconds(2))
                        .isOk());
        for (int i = 0; i < WRITES; i++) {
            assertThat(cluster.client(left).get("kept-" + i)).contains("x");
            assertThat(cluster.client(left).get("lost-" + i)).isEmpty();
        }
        assertThat(cluster.client(left).revision()).isGreaterThan(before + PrimaryCore.FORCED_REVISIONS);
    }

    private static void theSameEverywhere(ClusterProcesses cluster) {
        long revision = cluster.client(cluster.primary()).revision();
        long digest = cluster.client(cluster.primary()).hashKv(revision);
        for (String node : ClusterProcesses.NODES) {
            cluster.awaitRevision(node, revision);
            assertThat(cluster.client(node).getLocal("lost-0")).as(node).isEmpty();
            assertThat(cluster.client(node).getLocal("kept-0")).as(node).contains("x");
            assertThat(cluster.client(node).hashKv(revision)).as(node).isEqualTo(digest);
        }
    }
}
