package io.netsy.node.objectstore.s3;

import io.netsy.node.objectstore.S3Settings;
import io.netsy.node.objectstore.testkit.S3TestBucket;
import java.io.IOException;
import org.junit.jupiter.api.BeforeAll;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;
import org.testcontainers.localstack.LocalStackContainer;
import org.testcontainers.utility.DockerImageName;

/** The contract, against LocalStack in a container; skipped where there is no container engine. */
@Testcontainers(disabledWithoutDocker = true)
final class LocalStackContractTest extends S3StoreContract {

    private static final String BUCKET = "netsy-test";

    @Container
    private static final LocalStackContainer localStack =
            new LocalStackContainer(DockerImageName.parse("localstack/localstack:4.9.2")).withServices("s3");

    @BeforeAll
    static void createBucket() throws IOException, InterruptedException {
        localStack.execInContainer("awslocal", "s3api", "create-bucket", "--bucket", BUCKET);
    }

    @Override
    S3TestBucket bucket() {
        return new S3TestBucket(
                localStack.getEndpoint(),
                localStack.getRegion(),
                new S3Settings.Credentials.Fixed(localStack.getAccessKey(), localStack.getSecretKey(), null),
                BUCKET);
    }
}
