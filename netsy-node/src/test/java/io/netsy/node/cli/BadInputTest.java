package io.netsy.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.netsy.node.cli.Cli.Ran;
import io.netsy.node.objectstore.testkit.S3ProxyServer;
import io.netsy.node.objectstore.testkit.ScriptedHttpServer;
import io.netsy.node.objectstore.testkit.ScriptedHttpServer.Reply;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * What operators get wrong, and what breaks: each ends with one line on standard error that names the thing, the reason
 * and the way out, a non-zero exit code, and not a byte of the bucket changed.
 */
@Timeout(value = 2, unit = java.util.concurrent.TimeUnit.MINUTES)
class BadInputTest {
    private static final String ANY_PORT = "127.0.0.1:0";
    private static final Map<String, String> KEYS =
            Map.of("NETSY_S3_ACCESS_KEY_ID", "test", "NETSY_S3_SECRET_ACCESS_KEY", "testtest");

    @TempDir
    static Path shared;

    @SuppressWarnings("NullAway.Init") // by writeCluster
    private static SampleCluster sample;

    @TempDir
    Path directory;

    @BeforeAll
    static void writeCluster() throws Exception {
        sample = SampleCluster.write(shared);
    }

    private static void assertOneLine(Ran ran, int code, String pattern) {
        assertThat(ran.errors()).as(ran.err()).hasSize(1);
        assertThat(ran.err()).containsPattern(pattern);
        assertThat(ran.code()).isEqualTo(code);
    }

    @ParameterizedTest
    @FieldSource("io.netsy.node.cli.Damages#BROKEN")
    void brokenClusterIsNamedAndLeftAlone(Damages.Broken broken) throws Exception {
        SampleCluster cluster = sample.copyTo(directory);
        broken.breaker().damage(cluster);
        Map<String, ByteString> before = cluster.content();

        Ran ran = Cli.run(arguments(broken.command(), cluster).toArray(String[]::new));

        assertOneLine(ran, 1, broken.pattern());
        assertThat(cluster.content()).isEqualTo(before);
    }

    private static List<String> arguments(Damages.Command command, SampleCluster cluster) {
        String store = "--store=file:" + cluster.store();
        String dataDir = "--data-dir=" + cluster.dataDir();
        return switch (command) {
            case START -> cluster.startArguments(ANY_PORT);
            case START_ANEW ->
                new SampleCluster(cluster.store(), cluster.dataDir().resolveSibling("new")).startArguments(ANY_PORT);
            case CHECK_STORE -> List.of("check", store);
            case CHECK_DATA_DIR -> List.of("check", dataDir);
            case CHECK_BOTH -> List.of("check", store, dataDir);
        };
    }

    @Test
    void aSoundClusterPassesEveryCheckAndIsLeftAsItWas() throws Exception {
        SampleCluster cluster = sample.copyTo(directory);
        Map<String, ByteString> before = SampleCluster.content(directory);

        Ran ran = Cli.run("check", "--store=file:" + cluster.store(), "--data-dir=" + cluster.dataDir());

        assertThat(ran.err()).isEmpty();
        assertThat(ran.out()).contains("all of it holds");
        assertThat(ran.code()).isZero();
        assertThat(SampleCluster.content(directory)).isEqualTo(before);
    }

    @Test
    void aLogThatRetentionShortenedPasses() throws Exception {
        SampleCluster cluster = sample.copyTo(directory);
        Damages.deleteBelowSnapshot(cluster);

        Ran ran = Cli.run("check", "--store=file:" + cluster.store());

        assertThat(ran.err()).isEmpty();
        assertThat(ran.code()).isZero();
    }

    @Test
    void aShortenedLogWithoutASnapshotIsAFinding() throws Exception {
        SampleCluster cluster = sample.copyTo(directory);
        Damages.deleteBelowSnapshot(cluster);
        Files.delete(cluster.file(cluster.snapshot()));

        Ran ran = Cli.run("check", "--store=file:" + cluster.store());

        assertOneLine(ran, 1, "the log in file:.* begins at index \\d+, and no sound snapshot leads there; restore");
    }

    @Test
    void aWrongBucketIsNotTakenForANewCluster() throws Exception {
        SampleCluster cluster = sample.copyTo(directory);
        SampleCluster wrong = new SampleCluster(directory.resolve("other-store"), cluster.dataDir());

        assertOneLine(
                Cli.run(wrong.startArguments(ANY_PORT).toArray(String[]::new)),
                1,
                "data directory .*: it belongs to cluster .*, the store holds none; check --store");
        assertThat(wrong.content()).isEmpty();
        assertOneLine(
                Cli.run("check", "--store=file:" + wrong.store()),
                1,
                "store file:.*other-store holds no cluster; check --store");
        assertThat(wrong.store()).doesNotExist();
    }

    @Test
    void anUnwritableDataDirectory() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "");
        SampleCluster cluster = new SampleCluster(directory.resolve("store"), file.resolve("node"));

        assertOneLine(
                Cli.run(cluster.startArguments(ANY_PORT).toArray(String[]::new)),
                1,
                "data directory .*file/node: it can't be written .*; check its owner");
        assertThat(cluster.store()).doesNotExist();
    }

    @Test
    void aDataDirectoryThatIsNone() {
        assertOneLine(
                Cli.run("check", "--data-dir", directory.resolve("absent").toString()),
                1,
                "data directory .*absent: it does not exist; check --data-dir");
        assertOneLine(
                Cli.run("check", "--data-dir", directory.toString()),
                1,
                "data directory .*: it has no file 'lock', so no node ran on it; check --data-dir");
    }

    @Test
    void aPortInUseLeavesTheBucketAlone() throws Exception {
        SampleCluster cluster = new SampleCluster(directory.resolve("store"), directory.resolve("node"));
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + taken.getLocalPort();
            assertOneLine(
                    Cli.run(cluster.startArguments(address).toArray(String[]::new)),
                    1,
                    "can't listen on " + address + " for clients: the port is taken .*choose another port");
            assertOneLine(
                    Cli.run(cluster.startArguments(ANY_PORT, "--listen-metrics", address)
                            .toArray(String[]::new)),
                    1,
                    "can't listen on " + address + " for metrics: the port is taken .*choose another port");
        }
        assertThat(cluster.content()).isEmpty();
    }

    @Test
    void certificateFilesThatCannotServe() throws Exception {
        SampleCluster cluster = new SampleCluster(directory.resolve("store"), directory.resolve("node"));
        X509Bundle expired = new CertificateBuilder()
                .subject("CN=expired")
                .setIsCertificateAuthority(true)
                .notBefore(Instant.parse("2020-01-01T00:00:00Z"))
                .notAfter(Instant.parse("2020-02-01T00:00:00Z"))
                .ecp256()
                .buildSelfSigned();
        Path cert = Files.writeString(directory.resolve("cert.pem"), expired.getCertificatePathPEM());
        Path key = Files.writeString(directory.resolve("key.pem"), expired.getPrivateKeyPEM());
        Path garbage = Files.writeString(directory.resolve("garbage.pem"), "no key");
        for (String verb : List.of("start", "config check")) {
            assertOneLine(
                    runWithCertificate(verb, cluster, cert, key),
                    2,
                    "the certificate in .*cert.pem expired at 2020-02-01T00:00:00Z; put a renewed one");
            assertOneLine(
                    runWithCertificate(verb, cluster, cert, directory.resolve("absent.pem")),
                    2,
                    "absent.pem does not exist; check the path");
            assertOneLine(
                    runWithCertificate(verb, cluster, cert, garbage),
                    2,
                    "garbage.pem has no private key block; give the PEM file");
        }
        assertThat(cluster.store()).doesNotExist();
    }

    private static Ran runWithCertificate(String verb, SampleCluster cluster, Path cert, Path key) {
        List<String> arguments = cluster.startArguments(
                ANY_PORT, "--tls-client-cert", cert.toString(), "--tls-client-key", key.toString());
        return Cli.run(
                Stream.concat(Stream.of(verb.split(" ")), arguments.stream().skip(1))
                        .toArray(String[]::new));
    }

    /** An answer of S3 to everything, and what is said about it. */
    record Refusal(String code, int status, Map<String, String> headers, String pattern) {
        @Override
        public String toString() {
            return status + " " + code;
        }
    }

    static final List<Refusal> REFUSALS = List.of(
            new Refusal("NoSuchBucket", 404, Map.of(), "404 NoSuchBucket.*; create the bucket \"bucket\" at "),
            new Refusal("AccessDenied", 403, Map.of(), "403 AccessDenied.*; allow the credentials in use s3:GetObject"),
            new Refusal(
                    "PermanentRedirect",
                    301,
                    Map.of("x-amz-bucket-region", "eu-west-3"),
                    "301 PermanentRedirect.*; bucket \"bucket\" is in eu-west-3: set --s3-region eu-west-3"),
            new Refusal(
                    "AuthorizationHeaderMalformed",
                    400,
                    Map.of(),
                    "400 AuthorizationHeaderMalformed.*; set --s3-region to the region of bucket \"bucket\""),
            new Refusal(
                    "RequestTimeTooSkewed",
                    403,
                    Map.of(),
                    "403 RequestTimeTooSkewed.*; set this machine's clock by NTP"),
            new Refusal("ExpiredToken", 400, Map.of(), "400 ExpiredToken.*; renew the temporary credentials"));

    @ParameterizedTest
    @FieldSource("REFUSALS")
    void whatS3RefusesIsExplained(Refusal refusal) throws Exception {
        try (ScriptedHttpServer server = ScriptedHttpServer.start(
                request -> ScriptedHttpServer.s3Error(refusal.status(), refusal.code(), refusal.headers()))) {
            for (String verb : List.of("start", "check")) {
                assertOneLine(
                        runOnS3(verb, server.endpoint(), "bucket"),
                        1,
                        "s3://bucket/prefix/cluster.json: " + refusal.pattern());
            }
            assertThat(server.requests()).allMatch(request -> request.method().equals("GET"));
        }
    }

    @Test
    void aRealServerRefusesAMissingBucketAndWrongKeys() throws Exception {
        try (S3ProxyServer server = S3ProxyServer.startAtomic()) {
            assertOneLine(
                    runOnS3("start", server.endpoint(), "missing-bucket"),
                    1,
                    "s3://missing-bucket/prefix/.*404 NoSuchBucket.*; create the bucket");
            assertOneLine(
                    runOnS3(
                            Map.of("NETSY_S3_ACCESS_KEY_ID", "test", "NETSY_S3_SECRET_ACCESS_KEY", "wrong"),
                            "start",
                            server.endpoint(),
                            server.bucket().bucket()),
                    1,
                    "403 SignatureDoesNotMatch.*; check the access key id and the secret key");
            assertThat(server.bucket().open("prefix").list("", null, 10)).isEmpty();
        }
    }

    @Test
    void aWrongEndpointIsGivenUp() throws Exception {
        assertOneLine(
                runOnS3("start", URI.create("http://127.0.0.1:" + NodeProcess.freePort()), "bucket"),
                1,
                "s3://bucket/prefix/cluster.json: not reached: .*; check that http://127.0.0.1:\\d+ is the right address");
        try (ScriptedHttpServer silent = ScriptedHttpServer.start(request -> new Reply.Hang())) {
            assertOneLine(
                    runOnS3("start", silent.endpoint(), "bucket"),
                    1,
                    "s3://bucket/prefix/cluster.json: no answer in time from http://127.0.0.1:\\d+; it may pass");
            assertThat(silent.requests()).hasSizeLessThan(10);
        }
        try (S3ProxyServer plain = S3ProxyServer.startAtomic()) {
            assertOneLine(
                    runOnS3(
                            "start",
                            URI.create("https://127.0.0.1:" + plain.endpoint().getPort()),
                            "bucket"),
                    1,
                    "https://127.0.0.1:\\d+ does not speak TLS; write the endpoint with http://");
        }
        try (ScriptedHttpServer web =
                ScriptedHttpServer.start(request -> new Reply.Answer(404, Map.of(), "<html>nothing here</html>"))) {
            assertOneLine(
                    runOnS3("start", web.endpoint(), "bucket"),
                    1,
                    "s3://bucket/prefix/cluster.json: 404 .*; check the endpoint: .* does not answer as S3 does");
        }
    }

    private Ran runOnS3(String verb, URI endpoint, String bucket) {
        return runOnS3(KEYS, verb, endpoint, bucket);
    }

    private Ran runOnS3(Map<String, String> keys, String verb, URI endpoint, String bucket) {
        List<String> arguments = new ArrayList<>(List.of(
                verb,
                "--store=s3://" + bucket + "/prefix",
                "--s3-endpoint=" + endpoint,
                "--s3-path-style",
                "--s3-request-timeout=300ms"));
        if (verb.equals("start")) {
            arguments.addAll(List.of("--data-dir=" + directory.resolve("node"), "--listen-client=" + ANY_PORT));
        }
        return Cli.run(keys, arguments.toArray(String[]::new));
    }

    @Test
    void wrongUsageIsOneLineWithASuggestion() throws Exception {
        Path config = Files.writeString(directory.resolve("netsy.yaml"), "store: file:x\nlisten:\n  cleint: :1\n");
        assertOneLine(
                Cli.run("start", "--config", config.toString()),
                2,
                "netsy.yaml line 3: unknown key 'listen.cleint'; did you mean 'listen.client'\\?");
        assertOneLine(
                Cli.run(Map.of("NETSY_DATADIR", "x"), "start", "--store=file:x"),
                2,
                "environment variable NETSY_DATADIR: no such option; did you mean 'NETSY_DATA_DIR'\\?");
        assertOneLine(
                Cli.run("start", "--stor=file:x"), 2, "'--stor=file:x'; did you mean '--store'\\?; see 'netsy start");
        assertOneLine(
                Cli.run("start", "--dev", "--commit-delay=fast"),
                2,
                "--commit-delay: commit.delay: 'fast' is not a duration; write it as 250ms");
        assertOneLine(
                Cli.run("start", "--store=file:x", "--s3-endpoint=http://127.0.0.1:1"),
                2,
                "--s3-endpoint: s3.endpoint: the store is file:.*, not a bucket; remove one of them");
        assertOneLine(Cli.run("start"), 2, "no store is configured; set --store");
        assertOneLine(
                Cli.run("start", "--store=s3://b-1/p", "--s3-assume-role-arn=admin"),
                2,
                "\"admin\" is no role ARN, like");
        assertOneLine(Cli.run("check"), 2, "nothing to check: give --store, --data-dir");
        assertOneLine(Cli.run("status", "--endpoints=localhost"), 2, "'localhost' has no port; write it as");
        assertOneLine(Cli.run("status", "--cert=x.pem"), 2, "--cert and --key belong together: give both or none");
        assertOneLine(Cli.run("status", "--output=xml"), 2, "--output.*TABLE, JSON");
    }

    @Test
    void everyProblemOfAConfigurationIsALine() {
        Ran ran = Cli.run("config", "check", "--dev", "--listen-client=x", "--log-level=loud");

        assertThat(ran.errors()).hasSize(2).allMatch(line -> line.startsWith("netsy: --l"));
        assertThat(ran.code()).isEqualTo(2);
    }

    /** What the program's own process writes, log lines included. */
    @Test
    void asAProcessTheReasonIsTheLastLine() throws Exception {
        SampleCluster cluster = sample.copyTo(directory);
        Damage.flipBitInTheMiddle(cluster.file(cluster.chunks().getLast()));
        Map<String, ByteString> before = cluster.content();
        SampleCluster anew = new SampleCluster(cluster.store(), directory.resolve("new"));
        try (NodeProcess node = NodeProcess.start(directory.resolve("log"), Map.of(), anew.startArguments(ANY_PORT))) {
            assertThat(node.awaitExit()).isEqualTo(1);
            assertThat(node.errors().lines().filter(line -> line.startsWith("netsy: ")))
                    .singleElement()
                    .asString()
                    .contains("is damaged: CRC32C is");
            assertThat(node.errors().lines().toList().getLast()).startsWith("netsy: ");
            assertThat(node.errors()).doesNotContain("\tat ");
        }
        assertThat(cluster.content()).isEqualTo(before);
    }

    @Test
    void asAProcessAWrongEndpointEndsInTime() throws Exception {
        try (NodeProcess node = NodeProcess.start(
                directory.resolve("log"),
                KEYS,
                List.of(
                        "start",
                        "--store=s3://bucket/prefix",
                        "--s3-endpoint=http://127.0.0.1:" + NodeProcess.freePort(),
                        "--data-dir=" + directory.resolve("node"),
                        "--listen-client=" + ANY_PORT))) {
            assertThat(node.awaitExit()).isEqualTo(1);
            assertThat(node.errors().lines().toList()).hasSize(1);
        }
    }

    @Test
    void aRunningNodesDirectoryIsNotChecked() throws Exception {
        SampleCluster cluster = sample.copyTo(directory);
        int port = NodeProcess.freePort();
        try (NodeProcess node = NodeProcess.start(
                        directory.resolve("log"), Map.of(), cluster.startArguments("127.0.0.1:" + port))
                .awaitServing()) {
            assertOneLine(
                    Cli.run("check", "--data-dir=" + cluster.dataDir()),
                    1,
                    "data directory .*: a running process holds its lock \\(process id \\d+\\); stop that process first");
            assertOneLine(
                    Cli.run(cluster.startArguments(ANY_PORT).toArray(String[]::new)),
                    1,
                    "data directory .*: another process holds its lock \\(process id \\d+\\); stop that process");
            assertThat(Cli.run("check", "--store=file:" + cluster.store()).code())
                    .as("its store can be checked meanwhile")
                    .isZero();
            assertThat(node.stop()).isZero();
        }
    }
}
