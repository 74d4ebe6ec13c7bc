package io.netsy.elector.assignment.kubernetes;

import io.netsy.elector.assignment.Candidacy;
import io.netsy.elector.assignment.ElectorIdentity;
import io.netsy.elector.assignment.lease.LeaseCandidacy;
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

/** The contract on a Lease of its own for each test, whoever serves it. */
abstract class KubernetesContract extends CandidacyContract {
    static final Duration PATIENCE = Duration.ofMillis(700);

    private final Map<String, TcpGate> gates = new HashMap<>();
    private final String name = "netsy-elector-" + UUID.randomUUID();

    abstract RestSettings server();

    abstract String namespace();

    final String leaseName() {
        return name;
    }

    @Override
    protected Candidacy make(String node) throws IOException {
        RestSettings server = server();
        TcpGate gate = TcpGate.before(server.base());
        gates.put(node, gate);
        RestSettings gated =
                new RestSettings(gate.through(server.base()), server.token(), server.authorities(), server.patience());
        return new LeaseCandidacy(
                new KubernetesLeaseStorage(new KubernetesSettings(gated, namespace(), name), TIMINGS.lease()),
                new ElectorIdentity(node, UUID.randomUUID()),
                TIMINGS,
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
