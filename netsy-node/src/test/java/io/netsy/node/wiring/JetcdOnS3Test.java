package io.netsy.node.wiring;

import io.netsy.node.objectstore.testkit.S3ProxyServer;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** On a real S3 server over HTTP, in this JVM. */
class JetcdOnS3Test extends JetcdEndToEndContract {
    @SuppressWarnings("NullAway.Init") // by startServer
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
    Map<String, String> storeOptions(Path folder) {
        return Map.of(
                "store", "s3://" + server.bucket().bucket() + "/" + Integer.toHexString(folder.hashCode()),
                "s3.endpoint", server.endpoint().toString(),
                "s3.pathStyle", "true",
                "s3.region", "us-east-1",
                "s3.accessKeyId", "test",
                "s3.secretAccessKey", "testtest");
    }
}
