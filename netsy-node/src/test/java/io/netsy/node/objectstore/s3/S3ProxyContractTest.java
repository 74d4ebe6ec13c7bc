package io.netsy.node.objectstore.s3;

import io.netsy.node.objectstore.testkit.S3ProxyServer;
import io.netsy.node.objectstore.testkit.S3TestBucket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The contract, over HTTP against a server in this JVM. */
final class S3ProxyContractTest extends S3StoreContract {

    private static S3ProxyServer server;

    @BeforeAll
    static void startServer() throws Exception {
        server = S3ProxyServer.startAtomic();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Override
    S3TestBucket bucket() {
        return server.bucket();
    }
}
