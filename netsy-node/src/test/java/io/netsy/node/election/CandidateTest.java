package io.netsy.node.election;

import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.elector.assignment.Assignment;
import io.netsy.elector.assignment.Candidacy;
import io.netsy.node.role.ElectorQuestions;
import io.netsy.replication.codec.Frame;
import io.netsy.replication.core.ElectorMessage.FromElector;
import io.netsy.replication.core.ElectorMessage.FromNode;
import io.netsy.replication.core.ElectorMessage.Health;
import io.netsy.replication.core.ElectorMessage.Occupation;
import io.netsy.replication.core.PeerMessage.Identity;
import io.netsy.replication.model.LogPosition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** When a node asks for the elector's role, and when it leaves it to another one. */
final class CandidateTest {
    private final Asks asks = new Asks();
    private final Node node = new Node();
    private final Candidate candidate = new Candidate(asks, node);

    private void lookAt(Occupation occupation) {
        node.occupation = occupation;
        candidate.look();
    }

    @Test
    void whoDoesNotLeadAsksOnce() {
        lookAt(Occupation.IDLE);
        lookAt(Occupation.FOLLOWING);
        lookAt(Occupation.OPENING);

        assertThat(asks.did).containsExactly("campaign");
    }

    @Test
    void whoLeadsLeavesTheRoleToAnotherOneAndAsksAgainAfterwards() {
        lookAt(Occupation.FOLLOWING);
        lookAt(Occupation.SERVING);
        lookAt(Occupation.SERVING);
        lookAt(Occupation.IDLE);

        assertThat(asks.did).containsExactly("campaign", "release", "campaign");
    }

    @Test
    void whoLeadsFromTheFirstDoesNotAsk() {
        lookAt(Occupation.SERVING);

        assertThat(asks.did).isEmpty();
    }

    @Test
    void whoMayNotHaveTheRoleLeavesItOnce() {
        candidate.withdraw();
        lookAt(Occupation.FOLLOWING);
        candidate.withdraw();
        candidate.withdraw();
        lookAt(Occupation.FOLLOWING);

        assertThat(asks.did).containsExactly("campaign", "release", "campaign");
    }

    /** A node that says what it is. */
    private static final class Node implements ElectorQuestions {
        private Occupation occupation = Occupation.IDLE;

        @Override
        public CompletableFuture<FromNode> ask(FromElector message) {
            return CompletableFuture.completedFuture(new Health(
                    new Identity(new UUID(1, 1), "a", new UUID(2, 2)),
                    new UUID(3, 3),
                    0,
                    occupation,
                    0,
                    Duration.ZERO));
        }

        @Override
        public CompletableFuture<List<Frame>> framesAfter(LogPosition position) {
            throw new AssertionError("a candidate wants no frames");
        }
    }

    /** What a source of the role was asked. */
    private static final class Asks implements Candidacy {
        private final List<String> did = new ArrayList<>();

        @Override
        public void campaign() {
            did.add("campaign");
        }

        @Override
        public boolean release(Duration patience) {
            did.add("release");
            return true;
        }

        @Override
        public void start() {}

        @Override
        public Assignment current() {
            return new Assignment.Vacant();
        }

        @Override
        public void onChange(Runnable listener) {}

        @Override
        public String describe() {
            return "a test";
        }

        @Override
        public void close() {}
    }
}
