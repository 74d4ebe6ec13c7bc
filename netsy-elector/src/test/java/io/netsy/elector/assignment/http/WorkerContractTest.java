package io.netsy.elector.assignment.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.elector.assignment.rest.BearerToken;
import io.netsy.elector.assignment.rest.RestAnswer;
import io.netsy.elector.assignment.rest.RestClient;
import io.netsy.elector.assignment.rest.RestException;
import io.netsy.elector.assignment.rest.RestSettings;
import java.net.URI;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** The contract, on a coordinator that the environment names: {@code conformance/elector/run} starts one. */
@EnabledIfEnvironmentVariable(
        named = "NETSY_TEST_COORDINATOR_URL",
        matches = ".+",
        disabledReason = "name a coordinator: NETSY_TEST_COORDINATOR_URL, NETSY_TEST_COORDINATOR_TOKEN")
class WorkerContractTest extends CoordinatorContract {
    private final String cluster = "/netsy-test-" + UUID.randomUUID();

    private RestSettings server(String path, String token) {
        return new RestSettings(
                URI.create(System.getenv("NETSY_TEST_COORDINATOR_URL") + path),
                new BearerToken.Fixed(token),
                null,
                PATIENCE);
    }

    private static String token() {
        return System.getenv("NETSY_TEST_COORDINATOR_TOKEN");
    }

    @Override
    RestSettings coordinator() {
        return server(cluster, token());
    }

    private static RestAnswer send(RestSettings server, String method, @Nullable String body) throws RestException {
        try (RestClient client = new RestClient(server)) {
            return client.send(method, "", body);
        }
    }

    @Test
    void whoHasNotTheTokenLearnsNothing() throws RestException {
        for (String method : new String[] {"GET", "PUT", "DELETE"}) {
            RestAnswer answer = send(server(cluster, token() + "x"), method, null);
            assertThat(answer.status()).isEqualTo(401);
            assertThat(answer.body()).doesNotContain("holder");
        }
    }

    @Test
    void whatIsNoCampaignIsRefused() throws RestException {
        for (String body : new String[] {
            "",
            "garbage",
            "[]",
            "{}",
            "{\"node\":\"\",\"process\":\"p\",\"ttl_ms\":1000}",
            "{\"node\":\"a\",\"process\":7,\"ttl_ms\":1000}",
            "{\"node\":\"a\",\"process\":\"p\",\"ttl_ms\":0}",
            "{\"node\":\"a\",\"process\":\"p\",\"ttl_ms\":1.5}",
            "{\"node\":\"a\",\"process\":\"p\",\"ttl_ms\":900000000}"
        }) {
            assertThat(send(coordinator(), "PUT", body).status()).as(body).isEqualTo(400);
        }
        assertThat(send(coordinator(), "PATCH", "{}").status()).isEqualTo(405);
        assertThat(send(server("/a/b", token()), "GET", null).status()).isEqualTo(404);
    }

    @Test
    void clustersDoNotKnowEachOther() throws RestException {
        for (String path : new String[] {cluster, cluster + ".2"}) {
            RestAnswer answer = send(
                    server(path, token()),
                    "PUT",
                    "{\"node\":\"a\",\"process\":\"%s\",\"ttl_ms\":60000}".formatted(path));
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.json().orElseThrow().get("process").getAsString()).isEqualTo(path);
        }
    }
}
