package io.netsy.elector.assignment.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netsy.elector.assignment.Assignment;
import io.netsy.elector.assignment.ElectorIdentity;
import io.netsy.elector.assignment.lease.LeaseTimings;
import io.netsy.elector.assignment.rest.BearerToken;
import io.netsy.elector.assignment.rest.RestSettings;
import io.netsy.elector.assignment.testkit.CoordinatorApi;
import io.netsy.elector.assignment.testkit.FaultyHttpServer;
import io.netsy.elector.assignment.testkit.FaultyHttpServer.Fault;
import io.netsy.elector.assignment.testkit.TestEnvironment;
import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a coordinator may answer besides what its contract says, and one that names who it likes. */
class CoordinatorAssignmentTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final ElectorIdentity A = new ElectorIdentity("a", new UUID(1, 1));

    private FaultyHttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = FaultyHttpServer.start(new CoordinatorApi(System::nanoTime));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private CoordinatorAssignment open(boolean asksForRole) {
        CoordinatorAssignment source = new CoordinatorAssignment(
                new CoordinatorSettings(
                        new RestSettings(server.url(), new BearerToken.Fixed("secret"), null, Duration.ofMillis(300)),
                        new LeaseTimings(Duration.ofMillis(400), Duration.ofMillis(100)),
                        asksForRole),
                A,
                TestEnvironment.real());
        source.campaign();
        source.start();
        return source;
    }

    private static void awaitUnknown(CoordinatorAssignment source, String reason) {
        await().atMost(LIMIT)
                .until(() -> source.current() instanceof Assignment.Unknown unknown
                        && unknown.reason().contains(reason));
    }

    private static void awaitSelf(CoordinatorAssignment source) {
        await().atMost(LIMIT).until(() -> source.current().isSelf());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "401|no|does not accept the token",
                "403|no|does not accept the token",
                "404|no|is the URL right?",
                "405|no|don't ask it for the role",
                "500|no|answered with 500",
                "301|no|answered with 301",
                "200|<html>|not what its contract says",
                "200|{}|no field 'holder'",
                "200|{\"holder\":\"a\"}|no field 'remaining_ms'",
                "200|{\"holder\":\" \",\"remaining_ms\":1}|without a name",
                "200|{\"holder\":\"a\",\"remaining_ms\":-1}|-1 ms",
                "200|{\"holder\":\"a\",\"remaining_ms\":9000000000000}|at most a day",
                "200|{\"holder\":\"b\",\"remaining_ms\":5}|answered with 200, and that 'b' is the elector",
                "409|{\"holder\":\"a\",\"remaining_ms\":5}|answered with 409, and that 'a' is the elector"
            })
    void whatIsWrongIsNamedAndAGoodAnswerMendsIt(int status, String body, String reason) {
        server.fail(new Fault.Says(status, body));
        try (CoordinatorAssignment source = open(true)) {
            awaitUnknown(source, reason);
            assertThat(((Assignment.Unknown) source.current()).reason()).doesNotContain("secret");

            server.fail(null);
            awaitSelf(source);
        }
    }

    @Test
    void silenceAndLostAnswersAreMendedByAskingAgain() {
        try (CoordinatorAssignment source = open(true)) {
            awaitSelf(source);
            for (Fault fault : new Fault[] {new Fault.Hangs(), new Fault.HangsAfterwards(), new Fault.StopsHalfway()}) {
                server.fail(fault);
                awaitUnknown(source, "no answer");
                server.fail(null);
                awaitSelf(source);
            }
        }
    }

    @Test
    void oneThatNamesWhoItLikesIsOnlyAsked() {
        server.fail(new Fault.Says(200, "{\"holder\":\"a\",\"remaining_ms\":300}"));
        try (CoordinatorAssignment source = open(false)) {
            awaitSelf(source);
            server.fail(new Fault.Says(200, "{\"holder\":\"b\",\"token\":4,\"remaining_ms\":300}"));
            await().atMost(LIMIT).until(() -> "b".equals(source.current().holderOrNull()));
            server.fail(new Fault.Says(200, "{\"holder\":null}"));
            await().atMost(LIMIT).until(() -> source.current() instanceof Assignment.Vacant);
        }
        assertThat(server.requests()).allMatch(request -> request.method().equals("GET"));
    }

    @Test
    void everyRequestCarriesTheToken() {
        try (CoordinatorAssignment source = open(true)) {
            awaitSelf(source);
        }
        assertThat(server.requests()).isNotEmpty().allMatch(request -> "Bearer secret".equals(request.token()));
    }
}
