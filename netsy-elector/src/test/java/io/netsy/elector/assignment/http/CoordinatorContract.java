package io.netsy.elector.assignment.http;

import io.netsy.elector.assignment.Candidacy;
import io.netsy.elector.assignment.ElectorIdentity;
import io.netsy.elector.assignment.rest.RestSettings;
import io.netsy.elector.assignment.testkit.CandidacyContract;
import io.netsy.elector.assignment.testkit.TcpGate;
import io.netsy.elector.assignment.testkit.TestEnvironment;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;

/** The contract on a coordinator, whoever serves it. */
abstract class CoordinatorContract extends CandidacyContract {
    static final Duration PATIENCE = Duration.ofMillis(700);

    private final Map<String, TcpGate> gates = new HashMap<>();

    /** A coordinator for one cluster, which nobody asked yet in this test. */
    abstract RestSettings coordinator();

    @Override
    protected Candidacy make(String node) throws IOException {
        RestSettings server = coordinator();
        TcpGate gate = TcpGate.before(server.base());
        gates.put(node, gate);
        RestSettings gated =
                new RestSettings(gate.through(server.base()), server.token(), server.authorities(), server.patience());
        return new CoordinatorAssignment(
                new CoordinatorSettings(gated, TIMINGS, true),
                new ElectorIdentity(node, UUID.randomUUID()),
                TestEnvironment.real());
    }

    @Override
    protected void cut(String node) {
        Objects.requireNonNull(gates.get(node)).cut();
    }

    @Override
    protected void mend(String node) {
        Objects.requireNonNull(gates.get(node)).mend();
    }

    @AfterEach
    void closeGates() throws IOException {
        for (TcpGate gate : gates.values()) {
            gate.close();
        }
    }
}
