package io.netsy.node.objectstore.s3;

import io.netsy.node.objectstore.testkit.S3TestBucket;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** The contract, in the bucket that the environment names: any service, AWS included. */
@EnabledIfEnvironmentVariable(
        named = "NETSY_TEST_S3_BUCKET",
        matches = ".+",
        disabledReason = "name a bucket to test against: NETSY_TEST_S3_BUCKET, NETSY_TEST_S3_ENDPOINT, AWS_*")
final class NamedEndpointContractTest extends S3StoreContract {

    @Override
    S3TestBucket bucket() {
        return S3TestBucket.fromEnvironment().orElseThrow();
    }
}
