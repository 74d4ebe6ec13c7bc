package io.netsy.node.objectstore.s3;

import io.netsy.node.objectstore.ObjectInfo;
import io.netsy.node.objectstore.ObjectStore;
import io.netsy.node.objectstore.ObjectStoreContract;
import io.netsy.node.objectstore.testkit.S3TestBucket;
import io.netsy.node.wiring.objectstore.StoreEnvironments;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** The contract, in a prefix of its own of some bucket. */
abstract class S3StoreContract extends ObjectStoreContract {

    private final String prefix = "netsy-test/" + StoreEnvironments.system().randomId();

    abstract S3TestBucket bucket();

    @Override
    protected final ObjectStore openEmpty() {
        return openAgain();
    }

    @Override
    protected final ObjectStore openAgain() {
        return bucket().open(prefix);
    }

    @Override
    protected final long partThresholdBytes() {
        return S3TestBucket.PART_BYTES;
    }

    @AfterEach
    final void emptyBucket() {
        try (ObjectStore leftovers = openAgain()) {
            List<ObjectInfo> objects = leftovers.list("", null, 10_000);
            leftovers.delete(objects.stream().map(ObjectInfo::key).toList());
        }
    }
}
