package io.netsy.node.term;

import io.netsy.node.objectstore.ObjectStore;
import io.netsy.node.objectstore.testkit.S3ProxyServer;
import io.netsy.node.wiring.objectstore.StoreEnvironments;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The contract, over HTTP against an S3 server in this JVM. */
final class S3LeaseContractTest extends ObjectLeaseContract {
    private static S3ProxyServer server;

    private final String prefix = "netsy-test/" + StoreEnvironments.system().randomId();

    @BeforeAll
    static void startServer() throws Exception {
        server = S3ProxyServer.startAtomic();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Override
    ObjectStore openStore() {
        return server.bucket().open(prefix);
    }
}
