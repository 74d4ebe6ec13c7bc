package io.netsy.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netsy.etcd.proto.rpc.AlarmRequest;
import io.netsy.etcd.proto.rpc.AlarmType;
import io.netsy.etcd.proto.rpc.KVGrpc;
import io.netsy.etcd.proto.rpc.MaintenanceGrpc;
import io.netsy.etcd.proto.rpc.PutRequest;
import io.netsy.node.cli.Cli.Ran;
import io.netsy.node.objectstore.testkit.ScriptedHttpServer;
import io.netsy.node.objectstore.testkit.ScriptedHttpServer.Reply;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code netsy status} against a real node, with TLS and client certificates, and against what is none. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class StatusCommandTest {
    @TempDir
    static Path directory;

    @SuppressWarnings("NullAway.Init") // by startNode
    private static NodeProcess node;

    @SuppressWarnings("NullAway.Init") // by startNode
    private static String endpoint;

    @BeforeAll
    static void startNode() throws Exception {
        X509Bundle authority = new CertificateBuilder()
                .subject("CN=Test Authority")
                .setIsCertificateAuthority(true)
                .ecp256()
                .buildSelfSigned();
        Files.writeString(file("ca"), authority.getCertificatePEM());
        install("server", authority);
        install("client", authority);
        endpoint = "127.0.0.1:" + NodeProcess.freePort();
        SampleCluster cluster = new SampleCluster(directory.resolve("store"), directory.resolve("node"));
        node = NodeProcess.start(
                        directory.resolve("log"),
                        Map.of(),
                        cluster.startArguments(
                                endpoint,
                                "--tls-client-cert=" + file("server"),
                                "--tls-client-key=" + file("server-key"),
                                "--tls-client-ca=" + file("ca")))
                .awaitServing();
    }

    @AfterAll
    static void stopNode() {
        node.close();
    }

    private static Path file(String name) {
        return directory.resolve(name + ".pem");
    }

    private static void install(String name, X509Bundle authority) throws Exception {
        X509Bundle bundle = new CertificateBuilder()
                .subject("CN=" + name)
                .addSanIpAddress("127.0.0.1")
                .ecp256()
                .buildIssuedBy(authority);
        Files.writeString(file(name), bundle.getCertificatePathPEM());
        Files.writeString(file(name + "-key"), bundle.getPrivateKeyPEM());
    }

    private static Ran status(String... arguments) {
        String[] all = new String[arguments.length + 4];
        all[0] = "status";
        all[1] = "--cacert=" + file("ca");
        all[2] = "--cert=" + file("client");
        all[3] = "--key=" + file("client-key");
        System.arraycopy(arguments, 0, all, 4, arguments.length);
        return Cli.run(all);
    }

    private static JsonObject first(Ran ran) {
        return JsonParser.parseString(ran.out())
                .getAsJsonObject()
                .getAsJsonArray("endpoints")
                .get(0)
                .getAsJsonObject();
    }

    private interface Use {
        void with(ManagedChannel channel);
    }

    private static void onNode(Use use) throws Exception {
        ManagedChannel channel = NettyChannelBuilder.forTarget(endpoint)
                .sslContext(GrpcSslContexts.forClient()
                        .trustManager(file("ca").toFile())
                        .keyManager(file("client").toFile(), file("client-key").toFile())
                        .build())
                .build();
        try {
            use.with(channel);
        } finally {
            channel.shutdownNow();
        }
    }

    @Test
    void aHealthyNodeTellsWhoItIsAndWhatItCosts() throws Exception {
        onNode(channel -> {
            for (int i = 0; i < 3; i++) {
                var _ = KVGrpc.newBlockingStub(channel)
                        .put(PutRequest.newBuilder()
                                .setKey(ByteString.copyFromUtf8("k"))
                                .build());
            }
        });

        Ran ran = status("--endpoints", endpoint, "-o", "json");

        JsonObject told = first(ran);
        assertThat(ran.code()).as(ran.out()).isZero();
        assertThat(told.get("reachable").getAsBoolean()).isTrue();
        assertThat(told.get("healthy").getAsBoolean()).isTrue();
        assertThat(told.get("name").getAsString()).isEqualTo("n1");
        assertThat(told.get("member_id").getAsString()).matches("[0-9a-f]{1,16}");
        assertThat(told.get("version").getAsString()).startsWith("3.");
        assertThat(told.get("role").getAsString()).isEqualTo("primary");
        assertThat(told.get("term").getAsLong()).isEqualTo(1);
        assertThat(told.get("revision").getAsLong()).isGreaterThanOrEqualTo(4);
        assertThat(told.get("compact_revision").getAsLong()).isEqualTo(-1);
        assertThat(told.get("index").getAsLong()).isGreaterThanOrEqualTo(4);
        assertThat(told.get("db_size").getAsLong()).isPositive();
        assertThat(told.get("quota").getAsLong()).isEqualTo(8L << 30);
        assertThat(told.getAsJsonArray("alarms")).isEmpty();
        assertThat(told.get("commit_batches").getAsLong()).isPositive();
        assertThat(told.get("committed_entries").getAsLong()).isGreaterThanOrEqualTo(3);
        assertThat(told.getAsJsonObject("store_requests").get("put").getAsLong())
                .isGreaterThanOrEqualTo(4);
        assertThat(told.get("store_price_usd").getAsDouble()).isPositive();
        assertThat(told.get("replica_backlog_bytes").getAsLong()).isNotNegative();
        assertThat(told.getAsJsonArray("notes")).isEmpty();
    }

    @Test
    void anUnreachableEndpointIsARowWithTheReason() throws Exception {
        String nobody = "127.0.0.1:" + NodeProcess.freePort();

        Ran ran = status("--endpoints", endpoint + "," + nobody);

        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.err()).isEmpty();
        assertThat(ran.out().lines())
                .anyMatch(line -> line.matches(endpoint + " +n1 +[0-9a-f]+ +3\\..* +primary .* 8 GiB +none"))
                .anyMatch(line -> line.matches(nobody + " +unreachable"))
                .anyMatch(line -> line.matches(nobody + ": Connection refused.*; check --endpoints, and whether.*"));
    }

    @Test
    void anAlarmIsShownAndFails() throws Exception {
        AlarmRequest.Builder alarm = AlarmRequest.newBuilder().setMemberID(7).setAlarm(AlarmType.NOSPACE);
        onNode(channel -> {
            var _ = MaintenanceGrpc.newBlockingStub(channel)
                    .alarm(alarm.setAction(AlarmRequest.AlarmAction.ACTIVATE).build());
        });
        try {
            Ran ran = status("--endpoints", endpoint, "-o", "json");

            assertThat(ran.code()).isEqualTo(1);
            assertThat(first(ran).getAsJsonArray("alarms").get(0).getAsString()).isEqualTo("NOSPACE");
            assertThat(first(ran).get("healthy").getAsBoolean()).isFalse();
        } finally {
            onNode(channel -> {
                var _ = MaintenanceGrpc.newBlockingStub(channel)
                        .alarm(alarm.setAction(AlarmRequest.AlarmAction.DEACTIVATE)
                                .build());
            });
        }
    }

    @Test
    void wrongTlsIsExplained() {
        assertThat(Cli.run("status", "--endpoints", endpoint, "--timeout-seconds=3")
                        .out())
                .containsPattern(
                        endpoint + ": .*; check that a node listens there; one that speaks TLS needs --cacert");
        assertThat(Cli.run("status", "--endpoints", "https://" + endpoint, "--timeout-seconds=3")
                        .out())
                .containsPattern(endpoint + ": .*; check --cacert, --cert and --key");
        Ran ran = Cli.run("status", "--endpoints", endpoint, "--cacert=" + file("absent"));
        assertThat(ran.errors()).hasSize(1).first().asString().contains("the file does not exist or can't be read");
        assertThat(ran.code()).isEqualTo(1);
    }

    @Test
    void aServerThatNeverAnswersIsGivenUp() throws Exception {
        try (ScriptedHttpServer silent = ScriptedHttpServer.start(request -> new Reply.Hang())) {
            String address = "127.0.0.1:" + silent.endpoint().getPort();

            Ran ran = Cli.run("status", "--endpoints", address, "--timeout-seconds=1");

            assertThat(ran.code()).isEqualTo(1);
            assertThat(ran.out()).contains(address + ": no answer within 1000 ms; check the address");
        }
    }

    @Test
    void figuresComeFromWhereTheMetricsAre() throws Exception {
        String page = """
                # HELP netsy_commit_batches_total Batches.
                netsy_commit_batches_total 7.0
                netsy_object_store_requests_total{kind="put",outcome="done"} 11.0
                netsy_object_store_requests_total{kind="put",outcome="failed"} 1.0
                netsy_object_store_requests_total{kind="get",outcome="done"} 3.0
                netsy_object_store_request_price_usd_total 6.12E-5
                something else
                """;
        try (ScriptedHttpServer metrics = ScriptedHttpServer.start(request -> new Reply.Answer(200, Map.of(), page))) {
            Ran ran = status("--endpoints", endpoint, "--metrics", metrics.endpoint() + "/metrics");
            assertThat(ran.out()).containsPattern(endpoint + " +7 +- +get 3, put 12 +\\$0.0001 +-");
            assertThat(ran.code()).isZero();
        }
        Ran without = status("--endpoints", endpoint, "--metrics", "http://127.0.0.1:1/metrics");
        assertThat(without.out())
                .contains("its metrics at http://127.0.0.1:1/metrics can't be read")
                .contains("primary");
        assertThat(without.code()).isZero();
    }
}
