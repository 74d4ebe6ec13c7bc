package io.netsy.node.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netsy.replication.core.Replication.BucketLoss;
import io.netsy.replication.core.Replication.StandbyLoss;
import io.netsy.replication.core.SyncRule;
import io.netsy.replication.model.CommitLevel;
import io.netsy.replication.model.StandbyRule;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ClusterConfigTest {
    private static final Map<String, String> THREE_NODES = Map.of(
            "store", "s3://bucket",
            "name", "a",
            "listen.peer", "127.0.0.1:2380",
            "cluster.nodes", "a=host-a:2380,b=host-b:2380,c=host-c:2380",
            "cluster.primary", "b");

    private static Map<String, String> threeNodesWith(String key, String text) {
        Map<String, String> options = new HashMap<>(THREE_NODES);
        options.put(key, text);
        return options;
    }

    private static Map<String, String> threeNodesWithout(String key) {
        Map<String, String> options = new HashMap<>(THREE_NODES);
        options.remove(key);
        return options;
    }

    private static ClusterConfig load(Map<String, String> options) throws ConfigException {
        ClusterConfig cluster = ConfigLoader.load(new ConfigInputs(null, Map.of(), options, false))
                .config()
                .cluster();
        if (cluster == null) {
            throw new AssertionError("no cluster");
        }
        return cluster;
    }

    private static List<String> problems(Map<String, String> options) {
        List<String> problems = new ArrayList<>();
        assertThatThrownBy(() -> ConfigLoader.load(new ConfigInputs(null, Map.of(), options, false)))
                .isInstanceOfSatisfying(ConfigException.class, failure -> problems.addAll(failure.problems()));
        return problems;
    }

    @Test
    void withoutNodesItIsANodeAlone() throws ConfigException {
        NodeConfig config = ConfigLoader.load(new ConfigInputs(null, Map.of(), Map.of("store", "s3://bucket"), false))
                .config();

        assertThat(config.cluster()).isNull();
    }

    @Test
    void defaultsAreTheStrongestThatGoOnWhenAStandbyIsLost() throws ConfigException {
        ClusterConfig cluster = load(THREE_NODES);

        assertThat(cluster.nodes().keySet()).containsExactly("a", "b", "c");
        assertThat(cluster.nodes()).containsEntry("c", new HostPort("host-c", 2380));
        assertThat(cluster.isPrimary("b")).isTrue();
        assertThat(cluster.isPrimary("a")).isFalse();
        assertThat(cluster.rule()).isEqualTo(new SyncRule(CommitLevel.ON, StandbyRule.ANYONE));
        assertThat(cluster.loss()).isEqualTo(StandbyLoss.DEGRADE);
        assertThat(cluster.bucketLoss()).isEqualTo(BucketLoss.STALL);
        assertThat(cluster.standbyTimeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(cluster.archive()).isEqualTo(new ClusterConfig.Archive(Duration.ofSeconds(1), 256 << 20));
        assertThat(cluster.tls()).isNull();
    }

    @Test
    void theRuleIsReadInPostgresWords() throws ConfigException {
        Map<String, String> options = threeNodesWith("replication.synchronousStandbyNames", "FIRST 1 (c, a)");
        options.put("replication.synchronousCommit", "quorum");
        options.put("replication.standbyLoss", "block");
        options.put("replication.s3Loss", "quorum");
        ClusterConfig cluster = load(options);

        assertThat(cluster.rule()).isEqualTo(new SyncRule(CommitLevel.QUORUM, StandbyRule.parse("FIRST 1 (c, a)")));
        assertThat(cluster.loss()).isEqualTo(StandbyLoss.BLOCK);
        assertThat(cluster.bucketLoss()).isEqualTo(BucketLoss.QUORUM);
    }

    @Test
    void whoNeverCountsMustLeaveEnoughThatDo() throws ConfigException {
        assertThat(load(threeNodesWith("cluster.noSync", "c")).noSync()).containsExactly("c");
        assertThat(problems(threeNodesWith("cluster.noSync", "a,c")))
                .singleElement()
                .asString()
                .contains("waits for 1 standbys, beside the primary 'b' there are only 0");
        assertThat(problems(threeNodesWith("cluster.noSync", "d")))
                .singleElement()
                .asString()
                .contains("'d' is none of a, b, c");
        Map<String, String> both = threeNodesWith("cluster.noSync", "c");
        both.put("replication.synchronousStandbyNames", "ANY 1 (a, c)");
        assertThat(problems(both)).singleElement().asString().contains("names 'c', which cluster.noSync excludes");
    }

    @Test
    void aRuleThatThePrimaryCanNeverMeetIsRefused() {
        assertThat(problems(threeNodesWith("replication.synchronousStandbyNames", "ANY 2 (a, b)")))
                .singleElement()
                .asString()
                .startsWith("--replication-synchronous-standby-names: ");
        assertThat(problems(threeNodesWith("replication.synchronousStandbyNames", "ANY 1 (d)")))
                .singleElement()
                .asString()
                .contains("d");
    }

    @Test
    void aListOfNodesThatMakesNoSenseIsRefused() {
        assertThat(problems(threeNodesWith("cluster.nodes", "a=h:1,b=h:2,b=h:3")))
                .singleElement()
                .asString()
                .contains("'b' is named twice");
        assertThat(problems(threeNodesWith("cluster.nodes", "a=h:1,b=h:2,c")))
                .singleElement()
                .asString()
                .contains("'c' is not NAME=HOST:PORT");
        assertThat(problems(threeNodesWith("name", "d")))
                .singleElement()
                .asString()
                .contains("'d'")
                .contains("--name");
    }

    @Test
    void thePrimaryIsOneOfTheNodes() {
        assertThat(problems(threeNodesWith("cluster.primary", "d")))
                .singleElement()
                .asString()
                .contains("'d' is no node of the cluster", "set it to one of a, b, c");
        assertThat(problems(threeNodesWithout("cluster.nodes")))
                .singleElement()
                .asString()
                .startsWith("--cluster-primary: ")
                .contains("set cluster.nodes");
    }

    @Test
    void theOthersMustBeAbleToReachIt() {
        assertThat(problems(threeNodesWithout("listen.peer")))
                .singleElement()
                .asString()
                .contains("--listen-peer");
    }

    @Test
    void certificatesOfPeersComeTogetherAndAreAskedForBothWays() throws ConfigException {
        Map<String, String> options = threeNodesWith("tls.peer.cert", "/cert");
        assertThat(problems(options)).singleElement().asString().contains("tls.peer.key", "tls.peer.ca");

        options.put("tls.peer.key", "/key");
        options.put("tls.peer.ca", "/ca");
        assertThat(load(options).tls())
                .isEqualTo(new NodeConfig.Certificates(Path.of("/cert"), Path.of("/key"), Path.of("/ca"), true));
    }
}
