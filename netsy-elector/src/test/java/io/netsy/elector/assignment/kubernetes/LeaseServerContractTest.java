package io.netsy.elector.assignment.kubernetes;

import io.netsy.elector.assignment.rest.BearerToken;
import io.netsy.elector.assignment.rest.RestSettings;
import io.netsy.elector.assignment.testkit.FaultyHttpServer;
import io.netsy.elector.assignment.testkit.LeaseApi;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** The contract, on a small server with the API server's rules. */
class LeaseServerContractTest extends KubernetesContract {
    private FaultyHttpServer server;

    @BeforeEach
    void startServer() throws IOException {
        server = FaultyHttpServer.start(new LeaseApi());
    }

    @AfterEach
    void stopServer() {
        server.close();
    }

    @Override
    RestSettings server() {
        return new RestSettings(server.url(), new BearerToken.None(), null, PATIENCE);
    }

    @Override
    String namespace() {
        return "infra";
    }
}
