package io.netsy.node.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.netsy.node.status.NodeStatus.Answered;
import io.netsy.node.status.NodeStatus.Listed;
import io.netsy.node.status.NodeStatus.Role;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How the members are shown that nodes tell of. */
class StatusReportTest {
    private static final Listed A = new Listed("a1", "a", false, List.of("http://a:2380"), List.of("http://a:2379"));
    private static final Listed LEARNER =
            new Listed("b2", "b", true, List.of("http://b:2380"), List.of("http://b:2379"));
    private static final Listed NAMELESS = new Listed("c3", "", false, List.of("http://c:2380"), List.of());

    private static NodeStatus told(String endpoint, Listed... members) {
        return new Answered(
                endpoint,
                new NodeStatus.Member("a", "a1", "3.6.0", Role.PRIMARY),
                List.of(members),
                new NodeStatus.Progress(1, 2, 3),
                new NodeStatus.Size(1, 1, 0),
                List.of(),
                true,
                null,
                List.of());
    }

    @Test
    void membersAreShownOnceIfAllTellTheSame() {
        String table =
                new StatusReport(List.of(told("x:1", A, LEARNER, NAMELESS), told("y:1", A, LEARNER, NAMELESS))).table();

        assertThat(table.lines())
                .anyMatch(line -> line.matches("MEMBER +NAME +VOTES +PEER URLS +CLIENT URLS +AS TOLD BY"))
                .anyMatch(line -> line.matches("a1 +a +yes +http://a:2380 +http://a:2379 +all"))
                .anyMatch(line -> line.matches("b2 +b +no, learner +http://b:2380 +http://b:2379 +all"))
                .anyMatch(line -> line.matches("c3 +not started +yes +http://c:2380 +- +all"));
        assertThat(table.lines().filter(line -> line.startsWith("a1"))).hasSize(1);
    }

    @Test
    void whoTellsOtherMembersIsNamed() {
        String table = new StatusReport(List.of(told("x:1", A, LEARNER), told("y:1", A, NAMELESS))).table();

        assertThat(table.lines())
                .anyMatch(line -> line.matches("b2 +b .* x:1"))
                .anyMatch(line -> line.matches("c3 +not started .* y:1"));
    }

    @Test
    void ofANodeAloneThereIsNothingToTell() {
        assertThat(new StatusReport(List.of(told("x:1", A))).table()).doesNotContain("AS TOLD BY");
    }

    @Test
    void asJsonEachEndpointHasThem() {
        JsonObject member = JsonParser.parseString(new StatusReport(List.of(told("x:1", LEARNER))).json())
                .getAsJsonObject()
                .getAsJsonArray("endpoints")
                .get(0)
                .getAsJsonObject()
                .getAsJsonArray("members")
                .get(0)
                .getAsJsonObject();

        assertThat(member.get("id").getAsString()).isEqualTo("b2");
        assertThat(member.get("name").getAsString()).isEqualTo("b");
        assertThat(member.get("learner").getAsBoolean()).isTrue();
        assertThat(member.getAsJsonArray("peer_urls").get(0).getAsString()).isEqualTo("http://b:2380");
        assertThat(member.getAsJsonArray("client_urls").get(0).getAsString()).isEqualTo("http://b:2379");
    }
}
