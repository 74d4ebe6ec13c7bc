package io.netsy.elector.assignment.http;

import io.netsy.elector.assignment.rest.BearerToken;
import io.netsy.elector.assignment.rest.RestSettings;
import io.netsy.elector.assignment.testkit.CoordinatorApi;
import io.netsy.elector.assignment.testkit.FaultyHttpServer;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** The contract, on a small coordinator in this JVM. */
class CoordinatorServerContractTest extends CoordinatorContract {
    private FaultyHttpServer server;

    @BeforeEach
    void startServer() throws IOException {
        server = FaultyHttpServer.start(new CoordinatorApi(System::nanoTime));
    }

    @AfterEach
    void stopServer() {
        server.close();
    }

    @Override
    RestSettings coordinator() {
        return new RestSettings(server.url(), new BearerToken.Fixed("secret"), null, PATIENCE);
    }
}
