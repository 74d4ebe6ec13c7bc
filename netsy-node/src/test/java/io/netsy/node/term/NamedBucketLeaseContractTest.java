package io.netsy.node.term;

import io.netsy.node.objectstore.ObjectStore;
import io.netsy.node.objectstore.testkit.S3TestBucket;
import io.netsy.node.wiring.objectstore.StoreEnvironments;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** The contract, in the bucket that the environment names: any service, AWS included. */
@EnabledIfEnvironmentVariable(
        named = "NETSY_TEST_S3_BUCKET",
        matches = ".+",
        disabledReason = "name a bucket to test against: NETSY_TEST_S3_BUCKET, NETSY_TEST_S3_ENDPOINT, AWS_*")
final class NamedBucketLeaseContractTest extends ObjectLeaseContract {
    private final String prefix = "netsy-test/" + StoreEnvironments.system().randomId();

    @Override
    ObjectStore openStore() {
        return S3TestBucket.fromEnvironment().orElseThrow().open(prefix);
    }
}
