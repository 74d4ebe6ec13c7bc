package io.netsy.node.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netsy.elector.assignment.lease.LeaseTimings;
import io.netsy.node.config.ElectorConfig.Source;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The options of electing: what they are when nothing is said, and what does not fit together. */
final class ElectorConfigTest {
    private static final Map<String, String> ELECTED = Map.of(
            "store", "s3://bucket",
            "name", "a",
            "listen.peer", "127.0.0.1:2380",
            "cluster.nodes", "a=host-a:2380,b=host-b:2380,c=host-c:2380");

    private static Map<String, String> with(String... more) {
        Map<String, String> options = new HashMap<>(ELECTED);
        for (int i = 0; i < more.length; i += 2) {
            options.put(more[i], more[i + 1]);
        }
        return options;
    }

    private static ConfigInputs inputs(Map<String, String> options) {
        Map<String, String> flags = new HashMap<>(options);
        String token = flags.remove("elector.http.token");
        return new ConfigInputs(
                null, token == null ? Map.of() : Map.of("NETSY_ELECTOR_HTTP_TOKEN", token), flags, false);
    }

    private static ClusterConfig cluster(LoadedConfig loaded) {
        ClusterConfig cluster = loaded.config().cluster();
        if (cluster == null) {
            throw new AssertionError("no cluster");
        }
        return cluster;
    }

    private static ElectorConfig load(String... more) throws ConfigException {
        ElectorConfig elector = cluster(ConfigLoader.load(inputs(with(more)))).elector();
        if (elector == null) {
            throw new AssertionError("nothing is elected");
        }
        return elector;
    }

    private static List<String> problems(String... more) {
        List<String> problems = new ArrayList<>();
        assertThatThrownBy(() -> ConfigLoader.load(inputs(with(more))))
                .isInstanceOfSatisfying(ConfigException.class, failure -> problems.addAll(failure.problems()));
        return problems;
    }

    @Test
    void withoutAPrimaryItIsElectedByWhoHoldsTheLeaseInTheBucket() throws ConfigException {
        ElectorConfig elector = load();

        assertThat(elector)
                .isEqualTo(new ElectorConfig(
                        new Source.Store(new LeaseTimings(Duration.ofSeconds(15), Duration.ofSeconds(5))),
                        true,
                        Duration.ofMillis(200),
                        Duration.ofSeconds(1),
                        List.of("a", "b", "c")));
    }

    @Test
    void aPrimaryThatIsNamedIsNotElected() throws ConfigException {
        ClusterConfig cluster = cluster(ConfigLoader.load(inputs(with("cluster.primary", "b"))));

        assertThat(cluster.isElected()).isFalse();
        assertThat(cluster.elector()).isNull();
        assertThat(problems("cluster.primary", "b", "elector.assignment", "file"))
                .singleElement()
                .asString()
                .startsWith("--elector-assignment: ")
                .contains("cluster.primary names the primary");
    }

    @Test
    void electingNeedsNodes() {
        Map<String, String> alone = Map.of("store", "s3://bucket", "elector.failAfter", "2s");

        assertThatThrownBy(() -> ConfigLoader.load(inputs(alone)))
                .isInstanceOfSatisfying(
                        ConfigException.class,
                        failure -> assertThat(failure.problems())
                                .singleElement()
                                .asString()
                                .contains("cluster.nodes"));
    }

    @Test
    void thoseThatMayNotLeadAreNoCandidates() throws ConfigException {
        assertThat(load("cluster.noFailover", "b").candidates()).containsExactly("a", "c");
        assertThat(problems("cluster.noFailover", "d"))
                .singleElement()
                .asString()
                .contains("'d' is none of a, b, c");
        assertThat(problems("cluster.noFailover", "a,b,c"))
                .singleElement()
                .asString()
                .contains("no node is left");
    }

    /** Whoever may lead must find enough standbys without itself. */
    @Test
    void theRuleMustSuitEveryCandidate() throws ConfigException {
        String two = "ANY 2 (b, c)";

        assertThat(problems("replication.synchronousStandbyNames", two)).isNotEmpty();
        assertThat(load("replication.synchronousStandbyNames", two, "cluster.noFailover", "b,c")
                        .candidates())
                .containsExactly("a");
    }

    @Test
    void eachSourceHasItsOptions() throws ConfigException {
        LeaseTimings timings = LeaseTimings.CLIENT_GO;
        assertThat(load("elector.assignment", "static", "elector.static.node", "x")
                        .source())
                .isEqualTo(new Source.Static("x"));
        assertThat(load("elector.assignment", "file", "elector.file.path", "/run/elector")
                        .source())
                .isEqualTo(new Source.File(Path.of("/run/elector"), Duration.ofSeconds(5)));
        assertThat(load("elector.assignment", "kubernetes").source())
                .isEqualTo(
                        new Source.Kubernetes(null, null, null, null, "netsy-elector", timings, Duration.ofSeconds(5)));
        assertThat(load(
                                "elector.assignment", "http",
                                "elector.http.url", "https://coordinator/x",
                                "elector.http.token", "secret")
                        .source())
                .isEqualTo(new Source.Http(
                        URI.create("https://coordinator/x"),
                        "secret",
                        null,
                        null,
                        true,
                        timings,
                        Duration.ofSeconds(5)));
    }

    @ParameterizedTest
    @CsvSource({
        "static, elector.static.node",
        "file, elector.file.path",
        "http, elector.http.url",
    })
    void whatASourceNeedsIsAskedFor(String assignment, String needed) {
        assertThat(problems("elector.assignment", assignment))
                .singleElement()
                .asString()
                .startsWith("--elector-assignment: ")
                .contains(needed + " is missing, which " + assignment + " needs");
    }

    @Test
    void anOptionOfAnotherSourceIsRefused() {
        assertThat(problems("elector.static.node", "a"))
                .singleElement()
                .asString()
                .startsWith("--elector-static-node: ")
                .contains("no effect with elector.assignment=store", "set that to static");
    }

    @Test
    void timesFitEachOther() throws ConfigException {
        assertThat(problems("elector.heartbeat", "600ms"))
                .singleElement()
                .asString()
                .contains("elector.failAfter", "two heartbeats");
        assertThat(problems("elector.heartbeat", "0"))
                .singleElement()
                .asString()
                .contains("below 1ms");
        assertThat(problems("elector.lease", "6s", "elector.renewEvery", "4s"))
                .singleElement()
                .asString()
                .contains("at least twice as long");
        assertThat(problems("elector.lease", "2d")).singleElement().asString().contains("above a day");
        assertThat(load("elector.lease", "3s").source())
                .as("a short lease alone is renewed in time")
                .isEqualTo(new Source.Store(new LeaseTimings(Duration.ofSeconds(3), Duration.ofSeconds(1))));
    }

    @Test
    void secretsAndFilesOfOnePurposeExcludeEachOther() {
        assertThat(problems(
                        "elector.assignment", "http",
                        "elector.http.url", "https://c",
                        "elector.http.token", "secret",
                        "elector.http.tokenFile", "/token"))
                .singleElement()
                .asString()
                .contains("elector.http.token is set as well")
                .doesNotContain("secret");
    }

    @Test
    void theSecretIsShownToNobody() throws ConfigException {
        LoadedConfig loaded = ConfigLoader.load(inputs(with(
                "elector.assignment", "http",
                "elector.http.url", "https://c",
                "elector.http.token", "s3cr3t")));

        assertThat(new ConfigView(loaded).text()).contains("elector.http.token").doesNotContain("s3cr3t");
        assertThat(String.valueOf(loaded.config())).doesNotContain("s3cr3t");
    }

    @Test
    void anElectorAloneNeedsNoPlaceAmongTheNodes() throws ConfigException {
        Map<String, String> options = with("name", "elector-1");
        options.remove("listen.peer");

        assertThatThrownBy(() -> ConfigLoader.load(inputs(options))).isInstanceOf(ConfigException.class);
        ClusterConfig cluster = cluster(ConfigLoader.loadForElector(inputs(options)));
        assertThat(cluster.isElected()).isTrue();
        assertThat(cluster.nodes()).hasSize(3);
    }

    @Test
    void anElectorAloneNeedsSomethingToElect() {
        Map<String, String> named = with("cluster.primary", "a");
        assertThatThrownBy(() -> ConfigLoader.loadForElector(inputs(named)))
                .isInstanceOfSatisfying(
                        ConfigException.class,
                        failure -> assertThat(failure.problems())
                                .singleElement()
                                .asString()
                                .contains("nothing to elect"));
        Map<String, String> none = Map.of("store", "s3://bucket");
        assertThatThrownBy(() -> ConfigLoader.loadForElector(inputs(none)))
                .isInstanceOfSatisfying(
                        ConfigException.class,
                        failure -> assertThat(failure.problems())
                                .singleElement()
                                .asString()
                                .contains("cluster.nodes"));
    }
}
