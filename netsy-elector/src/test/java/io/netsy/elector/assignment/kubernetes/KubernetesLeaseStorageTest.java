package io.netsy.elector.assignment.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.netsy.elector.assignment.AssignmentException;
import io.netsy.elector.assignment.lease.LeaseRecord;
import io.netsy.elector.assignment.lease.LeaseStorage.Stored;
import io.netsy.elector.assignment.lease.LeaseStorage.SwapResult;
import io.netsy.elector.assignment.rest.BearerToken;
import io.netsy.elector.assignment.rest.RestSettings;
import io.netsy.elector.assignment.testkit.FaultyHttpServer;
import io.netsy.elector.assignment.testkit.FaultyHttpServer.Answer;
import io.netsy.elector.assignment.testkit.FaultyHttpServer.Fault;
import io.netsy.elector.assignment.testkit.FaultyHttpServer.Request;
import io.netsy.elector.assignment.testkit.LeaseApi;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KubernetesLeaseStorageTest {
    private static final String PROCESS = "00000000-0000-0001-0000-000000000002";
    private static final LeaseRecord RECORD = new LeaseRecord(
            "node_a",
            PROCESS,
            Duration.ofMillis(14_001),
            7,
            Instant.parse("2026-01-02T03:04:05.1Z"),
            Instant.parse("2026-01-02T03:04:06Z"));

    @TempDir
    private Path folder;

    private FaultyHttpServer server;
    private KubernetesLeaseStorage storage;

    @BeforeEach
    void start() throws IOException {
        server = FaultyHttpServer.start(new LeaseApi());
        storage = open("infra", new BearerToken.None());
    }

    @AfterEach
    void stop() {
        storage.close();
        server.close();
    }

    private KubernetesLeaseStorage open(String namespace, BearerToken token) {
        return new KubernetesLeaseStorage(
                new KubernetesSettings(
                        new RestSettings(server.url(), token, null, Duration.ofMillis(300)), namespace, "netsy"),
                Duration.ofSeconds(15));
    }

    private Stored created() throws AssignmentException {
        return ((SwapResult.Swapped) storage.create(RECORD)).stored();
    }

    private JsonObject lastSent() {
        return JsonParser.parseString(server.requests().getLast().body()).getAsJsonObject();
    }

    @Test
    void theObjectIsWrittenAsClientGoWritesIt() throws AssignmentException {
        created();

        JsonObject lease = lastSent();
        assertThat(lease.get("apiVersion").getAsString()).isEqualTo("coordination.k8s.io/v1");
        assertThat(lease.get("kind").getAsString()).isEqualTo("Lease");
        JsonObject spec = lease.getAsJsonObject("spec");
        assertThat(spec.get("holderIdentity").getAsString()).isEqualTo("node_a_" + PROCESS);
        assertThat(spec.get("leaseDurationSeconds").getAsInt()).isEqualTo(15);
        assertThat(spec.get("leaseTransitions").getAsInt()).isEqualTo(7);
        assertThat(spec.get("acquireTime").getAsString()).isEqualTo("2026-01-02T03:04:05.100000Z");
        assertThat(spec.get("renewTime").getAsString()).isEqualTo("2026-01-02T03:04:06.000000Z");
    }

    @Test
    void whatIsReadIsWhatWasWritten() throws AssignmentException {
        assertThat(storage.read()).isEmpty();
        Stored created = created();

        assertThat(storage.read()).contains(created);
        assertThat(created.record().holder()).isEqualTo("node_a");
        assertThat(created.record().process()).isEqualTo(PROCESS);
        assertThat(created.record().lease()).isEqualTo(Duration.ofSeconds(15));
    }

    @Test
    void aReplacementKeepsWhatOthersPutOnTheObject() throws AssignmentException {
        Stored created = created();
        JsonObject labelled = ((JsonObject) created.mark()).deepCopy();
        labelled.getAsJsonObject("metadata").add("labels", JsonParser.parseString("{\"team\":\"infra\"}"));

        storage.swap(new Stored(RECORD, labelled, RECORD), RECORD);

        assertThat(lastSent().getAsJsonObject("metadata").get("labels").toString())
                .isEqualTo("{\"team\":\"infra\"}");
        assertThat(lastSent().getAsJsonObject("metadata").has("resourceVersion"))
                .isTrue();
    }

    @Test
    void ofTwoWritersOneLoses() throws AssignmentException {
        Stored created = created();
        assertThat(storage.create(RECORD)).isInstanceOf(SwapResult.Lost.class);
        assertThat(storage.swap(created, RECORD)).isInstanceOf(SwapResult.Swapped.class);
        assertThat(storage.swap(created, RECORD)).isInstanceOf(SwapResult.Lost.class);
    }

    @Test
    void anObjectThatWasDeletedIsALostSwap() throws AssignmentException {
        Stored created = created();
        server.fail(new Fault.Says(404, "{\"kind\":\"Status\"}"));

        assertThat(storage.swap(created, RECORD)).isInstanceOf(SwapResult.Lost.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"spec\":null}", "{\"spec\":{}}"})
    void aLeaseThatSaysNothingIsFree(String said) throws AssignmentException {
        JsonObject lease = JsonParser.parseString(said).getAsJsonObject();
        lease.add("metadata", JsonParser.parseString("{\"resourceVersion\":\"7\"}"));
        if (lease.has("spec") && lease.get("spec").isJsonNull()) {
            lease.remove("spec");
        }
        server.fail(new Fault.Says(200, lease.toString()));

        LeaseRecord record = storage.read().orElseThrow().record();

        assertThat(record.holder()).isNull();
        assertThat(record.lease()).isEqualTo(Duration.ofSeconds(15));
    }

    @ParameterizedTest
    @CsvSource({
        "node-a, node-a, ''",
        "node_a, node_a, ''",
        "node-a_00000000-0000-0001-0000-00000000000x, node-a_00000000-0000-0001-0000-00000000000x, ''",
        "node_a_00000000-0000-0001-0000-000000000002, node_a, 00000000-0000-0001-0000-000000000002"
    })
    void anIdentityIsANodeAndPerhapsAProcess(String identity, String node, String process) throws AssignmentException {
        server.fail(new Fault.Says(
                200,
                "{\"metadata\":{\"resourceVersion\":\"7\"},\"spec\":{\"holderIdentity\":\"%s\"}}".formatted(identity)));

        LeaseRecord record = storage.read().orElseThrow().record();

        assertThat(record.holder()).isEqualTo(node);
        assertThat(record.process()).isEqualTo(process);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "401|does not know the token",
                "403|needs a Role in namespace infra with verbs get, create, update",
                "422|was answered with 422: the reason",
                "500|was answered with 500: the reason",
                "503|was answered with 503: the reason"
            })
    void whatAReadIsAnsweredIsNamed(int status, String message) {
        Answer answer = LeaseApi.status(status, "Reason", "the reason");
        server.fail(new Fault.Says(answer.status(), answer.body()));

        assertThatThrownBy(storage::read)
                .isInstanceOf(AssignmentException.class)
                .hasMessageContaining("lease infra/netsy of " + server.url())
                .hasMessageContaining("the reason")
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 400, 422})
    void aWriteThatIsRefusedHadNoEffect(int status) throws AssignmentException {
        Stored created = created();
        server.fail(new Fault.Says(status, "no"));

        assertThatThrownBy(() -> storage.swap(created, RECORD)).isInstanceOf(AssignmentException.class);
        assertThatThrownBy(() -> storage.create(RECORD)).isInstanceOf(AssignmentException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 500, 502, 503, 504})
    void aWriteThatTheServerFailedAtIsUnknown(int status) throws AssignmentException {
        Stored created = created();
        server.fail(new Fault.Says(status, "no"));

        assertThat(storage.swap(created, RECORD)).isInstanceOf(SwapResult.Unknown.class);
        assertThat(storage.create(RECORD)).isInstanceOf(SwapResult.Unknown.class);
    }

    @Test
    void aMissingNamespaceIsNamed() {
        try (KubernetesLeaseStorage elsewhere = open("other", new BearerToken.None())) {
            assertThatThrownBy(() -> elsewhere.create(RECORD))
                    .isInstanceOf(AssignmentException.class)
                    .hasMessageContaining("does the namespace 'other' exist");
        }
    }

    @Test
    void aServerThatIsNoKubernetesIsNamed() throws AssignmentException {
        Stored created = created();
        for (Fault fault : List.of(
                new Fault.Says(200, "<html>hello</html>"),
                new Fault.Says(200, "{}"),
                new Fault.Says(200, "{\"metadata\":{}}"),
                new Fault.Says(200, "[1]"))) {
            server.fail(fault);
            assertThatThrownBy(storage::read)
                    .isInstanceOf(AssignmentException.class)
                    .hasMessageContaining("is no Lease");
            assertThat(storage.swap(created, RECORD)).isInstanceOf(SwapResult.Unknown.class);
        }
        server.fail(new Fault.Says(404, "<html>not here</html>"));
        assertThatThrownBy(storage::read).hasMessageContaining("is the URL that of a Kubernetes API server?");
        server.fail(new Fault.Says(302, ""));
        assertThatThrownBy(storage::read).hasMessageContaining("302");
    }

    @Test
    void silenceHalfAnAnswerAndAnEndlessOneEndInTime() throws AssignmentException {
        Stored created = created();
        for (Fault fault : List.of(
                new Fault.Hangs(), new Fault.HangsAfterwards(), new Fault.StopsHalfway(), new Fault.NeverStops())) {
            server.fail(fault);
            long begunNanos = System.nanoTime();
            assertThatThrownBy(storage::read).isInstanceOf(AssignmentException.class);
            assertThat(storage.swap(created, RECORD)).isInstanceOf(SwapResult.Unknown.class);
            assertThat(Duration.ofNanos(System.nanoTime() - begunNanos)).isLessThan(Duration.ofSeconds(10));
        }
    }

    @Test
    void nobodyThereIsSaid() {
        server.close();

        assertThatThrownBy(storage::read)
                .isInstanceOf(AssignmentException.class)
                .hasMessageContaining(server.url().toString());
    }

    @Test
    void theTokenIsReadForEachRequest() throws Exception {
        Path token = Files.writeString(folder.resolve("token"), "first\n");
        try (KubernetesLeaseStorage storage = open("infra", new BearerToken.InFile(token))) {
            storage.read();
            Files.writeString(token, "second");
            storage.read();
            Files.delete(token);
            assertThatThrownBy(storage::read).hasMessageContaining(token.toString());
            Files.writeString(token, "\n");
            assertThatThrownBy(storage::read).hasMessageContaining("holds no token");
        }
        assertThat(server.requests().stream().map(Request::token)).containsExactly("Bearer first", "Bearer second");
    }

    @Test
    void aPodFindsItsApiServer() throws IOException {
        Files.writeString(folder.resolve("namespace"), "infra\n");
        Map<String, String> environment =
                Map.of("KUBERNETES_SERVICE_HOST", "fd00::1", "KUBERNETES_SERVICE_PORT", "443");

        KubernetesSettings settings =
                KubernetesSettings.inCluster(environment, folder, null, "netsy", Duration.ofSeconds(5));

        assertThat(settings.server().base()).isEqualTo(URI.create("https://[fd00::1]:443"));
        assertThat(settings.namespace()).isEqualTo("infra");
        assertThat(settings.server().authorities()).isEqualTo(folder.resolve("ca.crt"));
        assertThat(settings.server().token()).isEqualTo(new BearerToken.InFile(folder.resolve("token")));
    }

    @Test
    void outsideOfAPodItIsSaidWhatIsMissing() {
        assertThatThrownBy(() -> KubernetesSettings.inCluster(Map.of(), folder, null, "netsy", Duration.ofSeconds(5)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("KUBERNETES_SERVICE_HOST");
        assertThatThrownBy(() -> KubernetesSettings.inCluster(
                        Map.of("KUBERNETES_SERVICE_HOST", "10.0.0.1", "KUBERNETES_SERVICE_PORT", "443"),
                        folder,
                        null,
                        "netsy",
                        Duration.ofSeconds(5)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("namespace");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Infra", "a/b", "-a", "a..%2e"})
    void namesThatKubernetesRefusesAreRefusedAtOnce(String name) {
        assertThatThrownBy(() -> new KubernetesSettings(
                        new RestSettings(server.url(), new BearerToken.None(), null, Duration.ofSeconds(1)),
                        "infra",
                        name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'%s'".formatted(name));
    }
}
