package io.netsy.node.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netsy.etcd.auth.token.JwtAlgorithm;
import io.netsy.etcd.auth.token.TokenSettings;
import io.netsy.node.config.NodeConfig.AutoCompaction;
import io.netsy.node.config.NodeConfig.Log;
import io.netsy.node.objectstore.StoreUri;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.AbstractListAssert;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ObjectAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigLoaderTest {
    @TempDir
    Path directory;

    @Test
    void defaultsAreSafeForOneNode() throws ConfigException {
        NodeConfig config = load(Map.of("store", "s3://bucket/cluster"));
        assertThat(config.store()).isEqualTo(new StoreUri.S3Uri("bucket", "cluster"));
        assertThat(config.listen().client()).isEqualTo(new HostPort("127.0.0.1", 2379));
        assertThat(config.listen().peer()).isNull();
        assertThat(config.tls().client()).isNull();
        assertThat(config.commit().delay()).isZero();
        assertThat(config.limits().maxRequestBytes()).isEqualTo(1_572_864);
        assertThat(config.limits().requestTimeout()).isEqualTo(Duration.ofSeconds(7));
        assertThat(config.autoCompaction()).isEqualTo(new AutoCompaction.Off());
        assertThat(config.advertisedClientUrls("host")).containsExactly("http://127.0.0.1:2379");
    }

    @Test
    void aLaterSourceWinsOverAnEarlierOne() throws Exception {
        Path file = write("name: from-file\nstore: file:/file\ndataDir: /file\nlog:\n  level: warn\n");
        LoadedConfig loaded = ConfigLoader.load(new ConfigInputs(
                file,
                Map.of("NETSY_STORE", "file:/environment", "NETSY_DATA_DIR", "/environment"),
                Map.of("dataDir", "/flag"),
                false));
        assertThat(loaded.config().name()).isEqualTo("from-file");
        assertThat(loaded.config().store()).isEqualTo(new StoreUri.FileUri(Path.of("/environment")));
        assertThat(loaded.config().dataDir()).isEqualTo(Path.of("/flag"));
        assertThat(loaded.config().log().level()).isEqualTo(Log.Level.WARN);
        assertThat(loaded.settings().get("name"))
                .isEqualTo(new Setting("from-file", Setting.Source.FILE, file + " line 1"));
        assertThat(loaded.settings().get("log.level"))
                .isEqualTo(new Setting("warn", Setting.Source.FILE, file + " line 5"));
        assertThat(loaded.settings().get("store"))
                .isEqualTo(new Setting("file:/environment", Setting.Source.ENVIRONMENT, "NETSY_STORE"));
        assertThat(loaded.settings().get("dataDir")).isEqualTo(new Setting("/flag", Setting.Source.FLAG, "--data-dir"));
    }

    @Test
    void devNeedsNothingElseAndYieldsToWhatIsGiven() throws ConfigException {
        NodeConfig dev = ConfigLoader.load(new ConfigInputs(null, Map.of(), Map.of(), true))
                .config();
        assertThat(dev.store()).isEqualTo(new StoreUri.FileUri(Path.of("./netsy-data/store")));
        assertThat(dev.dataDir()).isEqualTo(Path.of("./netsy-data/node"));
        NodeConfig moved = ConfigLoader.load(new ConfigInputs(null, Map.of(), Map.of("store", "file:/else"), true))
                .config();
        assertThat(moved.store()).isEqualTo(new StoreUri.FileUri(Path.of("/else")));
    }

    @Test
    void everyOptionIsReadFromTheFileTheEnvironmentAndTheFlags() {
        assertThat(Options.ALL).hasSizeGreaterThan(40);
        assertThat(Options.ALL).extracting(Option::key).doesNotHaveDuplicates();
        assertThat(Options.ALL).extracting(Option::flag).doesNotHaveDuplicates();
        assertThat(Options.ALL).extracting(Option::environmentName).doesNotHaveDuplicates();
        for (Option<?> option : Options.ALL) {
            String malformed = "\u0000";
            assertProblems(null, Map.of(option.environmentName(), malformed), Map.of())
                    .allSatisfy(problem -> assertThat(problem)
                            .startsWith(option.environmentName() + ": " + option.key())
                            .endsWith(option.secret() ? "malformed" : problem));
            assertThat(option.doc()).endsWith(".").doesNotContain("\n");
            if (option.defaultText() != null) {
                assertThat(roundTrip(option, option.defaultText())).isEqualTo(option.defaultText());
            }
        }
    }

    @Test
    void anUnknownKeyNamesItsLineAndSuggestsTheRightOne() throws IOException {
        Path file = write("store: file:/x\ns3:\n  pathstyle: true\nlistn:\n  client: :1\n");
        assertProblems(file, Map.of(), Map.of())
                .containsExactly(
                        file + " line 3: unknown key 's3.pathstyle'; did you mean 's3.pathStyle'?",
                        file + " line 4: unknown key 'listn'");
    }

    @Test
    void anUnknownVariableSuggestsTheRightOneAndKubernetesLinksAreLeftAlone() {
        Map<String, String> environment = Map.of(
                "NETSY_STOR", "file:/x",
                "NETSY_PORT", "tcp://10.0.0.1:2379",
                "NETSY_SERVICE_HOST", "10.0.0.1",
                "NETSY_CLIENT_PORT_2379_TCP_ADDR", "10.0.0.1",
                "NETSY_HEAP", "1g");
        assertProblems(null, environment, Map.of("store", "file:/x"))
                .containsExactly("environment variable NETSY_STOR: no such option; did you mean 'NETSY_STORE'?");
    }

    @Test
    void allProblemsAreReportedAtOnce() throws IOException {
        Path file = write("store: bucket\ncommit:\n  delay: 3 parsecs\nquotaBytes: 8GB\n");
        assertProblems(file, Map.of(), Map.of("listen.client", "localhost"))
                .containsExactlyInAnyOrder(
                        file + " line 1: store: store \"bucket\" is not understood: it has no scheme; did you mean"
                                + " file:bucket?. Use file:DIR or s3://BUCKET/PREFIX",
                        file + " line 3: commit.delay: '3 parsecs' is not a duration;"
                                + " write it as 250ms, 10s, 5m, 12h or 7d",
                        file + " line 4: quotaBytes: '8GB' is not a size;"
                                + " write it as a number of bytes or as 64KiB, 64MiB, 8GiB or 1TiB",
                        "--listen-client: listen.client: 'localhost' has no port; write it as 127.0.0.1:2379");
    }

    @Test
    void yamlThatCannotBeReadNamesThePlace() throws IOException {
        assertProblems(write("store: [unclosed"), Map.of(), Map.of())
                .singleElement(Assertions.as(org.assertj.core.api.InstanceOfAssertFactories.STRING))
                .contains("netsy.yaml line 1, column 17: not YAML");
        assertProblems(write("- a\n"), Map.of(), Map.of()).first().asString().contains("line 1: expected a mapping");
        assertProblems(write("store: file:/x\nstore: file:/y\n"), Map.of(), Map.of())
                .first()
                .asString()
                .contains("store");
        assertProblems(directory.resolve("missing.yaml"), Map.of(), Map.of())
                .first()
                .asString()
                .endsWith("missing.yaml does not exist; check --config");
    }

    @Test
    void anEmptyFileIsFineAndListsMayBeSequences() throws Exception {
        assertThat(ConfigLoader.load(new ConfigInputs(write("# nothing\n"), Map.of(), Map.of(), true)))
                .isNotNull();
        Path file = write("advertise:\n  client:\n    - https://a:2379\n    - https://b:2379\n");
        NodeConfig config = ConfigLoader.load(new ConfigInputs(file, Map.of(), Map.of(), true))
                .config();
        assertThat(config.advertise().client())
                .containsExactly(URI.create("https://a:2379"), URI.create("https://b:2379"));
    }

    @Test
    void theFileMayBeNamedByTheEnvironment() throws Exception {
        Path file = write("name: other\n");
        ConfigInputs inputs = new ConfigInputs(null, Map.of("NETSY_CONFIG", file.toString()), Map.of(), true);
        assertThat(ConfigLoader.load(inputs).config().name()).isEqualTo("other");
    }

    @Test
    void tokensAndTheCostOfPasswordsAreEtcdsUnlessSaidOtherwise() throws ConfigException {
        Map<String, String> store = Map.of("store", "file:/x");
        assertThat(load(store).auth())
                .isEqualTo(new NodeConfig.Auth(new TokenSettings.Simple(Duration.ofMinutes(5)), 10));
        NodeConfig jwt = load(Map.of(
                "store", "file:/x", "auth.token", "jwt,sign-method=ES256,priv-key=/k,ttl=1h", "auth.bcryptCost", "12"));
        assertThat(jwt.auth())
                .isEqualTo(new NodeConfig.Auth(
                        new TokenSettings.Jwt(JwtAlgorithm.ES256, null, Path.of("/k"), Duration.ofHours(1)), 12));

        assertProblems(null, Map.of("NETSY_AUTH_TOKEN", "jwt"), store)
                .containsExactly("NETSY_AUTH_TOKEN: auth.token: sign-method is missing, for example sign-method=RS256");
        assertProblems(null, Map.of("NETSY_AUTH_BCRYPT_COST", "3"), store)
                .containsExactly("NETSY_AUTH_BCRYPT_COST: auth.bcryptCost: it is below 4");
        assertProblems(null, Map.of("NETSY_AUTH_BCRYPT_COST", "32"), store)
                .containsExactly("NETSY_AUTH_BCRYPT_COST: auth.bcryptCost: it is above 31");
    }

    @Test
    void halfATlsConfigurationIsRefused() {
        Map<String, String> store = Map.of("store", "file:/x");
        assertProblems(null, Map.of("NETSY_TLS_CLIENT_CERT", "/c"), store)
                .containsExactly(
                        "NETSY_TLS_CLIENT_CERT: tls.client.cert: its private key is missing; set tls.client.key");
        assertProblems(null, Map.of("NETSY_TLS_CLIENT_KEY", "/c"), store).hasSize(1);
        assertProblems(null, Map.of("NETSY_TLS_CLIENT_CERT_AUTH", "true"), store)
                .hasSize(1);
        assertProblems(null, Map.of("NETSY_TLS_CLIENT_CA", "/c"), store).hasSize(1);
    }

    @Test
    void anAuthorityAloneMakesClientCertificatesMandatory() throws ConfigException {
        Map<String, String> tls =
                Map.of("store", "file:/x", "tls.client.cert", "/c", "tls.client.key", "/k", "tls.client.ca", "/a");
        assertThat(load(tls).tls().client())
                .isEqualTo(new NodeConfig.Certificates(Path.of("/c"), Path.of("/k"), Path.of("/a"), true));
        assertThat(load(with(tls, "tls.client.certAuth", "false")).tls().client())
                .isEqualTo(new NodeConfig.Certificates(Path.of("/c"), Path.of("/k"), Path.of("/a"), false));
    }

    @Test
    void boundsAndCombinationsAreChecked() {
        assertProblems(null, Map.of(), Map.of()).singleElement().asString().contains("no store is configured");
        Map<String, String> flags = Map.of(
                "store", "file:/x",
                "s3.endpoint", "http://localhost:9000",
                "s3.accessKeyId", "id",
                "s3.kmsKeyId", "key",
                "retention.snapshots", "0",
                "autoCompaction.mode", "periodic",
                "limits.maxRequestBytes", "1TiB",
                "watch.progressNotifyInterval", "99ms");
        assertProblems(null, Map.of(), flags)
                .containsExactlyInAnyOrder(
                        "--s3-endpoint: s3.endpoint: the store is file:/x, not a bucket; remove one of them",
                        "--s3-access-key-id: s3.accessKeyId: its secret is missing; set NETSY_S3_SECRET_ACCESS_KEY",
                        "--s3-kms-key-id: s3.kmsKeyId: it needs s3.sse=kms",
                        "--retention-snapshots: retention.snapshots: it is below 1",
                        "--auto-compaction-mode: autoCompaction.mode: set autoCompaction.retention as well",
                        "--limits-max-request-bytes: limits.maxRequestBytes: it is above 512MiB",
                        "--watch-progress-notify-interval: watch.progressNotifyInterval: it is below 100ms");
    }

    @Test
    void autoCompactionReadsItsRetentionByMode() throws ConfigException {
        Map<String, String> base = Map.of("store", "file:/x", "autoCompaction.retention", "1000");
        assertThat(load(with(base, "autoCompaction.mode", "revision")).autoCompaction())
                .isEqualTo(new AutoCompaction.Revision(1000));
        assertProblems(null, Map.of(), with(base, "autoCompaction.mode", "periodic"))
                .singleElement()
                .asString()
                .startsWith("--auto-compaction-retention: ");
    }

    @Test
    void aWildcardListenerAdvertisesTheHostName() throws ConfigException {
        NodeConfig config = load(
                Map.of("store", "file:/x", "listen.client", ":2379", "tls.client.cert", "/c", "tls.client.key", "/k"));
        assertThat(config.advertisedClientUrls("node1.example")).containsExactly("https://node1.example:2379");
    }

    @Test
    void secretsStayOutOfTexts() throws ConfigException {
        NodeConfig config =
                load(Map.of("store", "s3://bucket", "s3.accessKeyId", "id", "s3.secretAccessKey", "topsecret"));
        assertThat(config.toString()).doesNotContain("topsecret");
    }

    private static String roundTrip(Option<?> option, String text) {
        return render(option, text);
    }

    private static <T> String render(Option<T> option, String text) {
        return option.type().render(option.type().parse(text));
    }

    private static Map<String, String> with(Map<String, String> base, String key, String text) {
        Map<String, String> more = new java.util.HashMap<>(base);
        more.put(key, text);
        return more;
    }

    private static NodeConfig load(Map<String, String> flags) throws ConfigException {
        return ConfigLoader.load(new ConfigInputs(null, Map.of(), flags, false)).config();
    }

    private static AbstractListAssert<?, List<? extends String>, String, ObjectAssert<String>> assertProblems(
            @org.jspecify.annotations.Nullable Path file, Map<String, String> environment, Map<String, String> flags) {
        List<String> problems = new java.util.ArrayList<>();
        assertThatThrownBy(() -> ConfigLoader.load(new ConfigInputs(file, environment, flags, false)))
                .isInstanceOfSatisfying(ConfigException.class, failure -> problems.addAll(failure.problems()));
        return assertThat(problems);
    }

    private Path write(String yaml) throws IOException {
        return Files.writeString(directory.resolve("netsy.yaml"), yaml);
    }
}
