package io.netsy.node.objectstore;

import io.netsy.node.objectstore.testkit.InMemoryObjectStore;
import java.time.InstantSource;

/** The contract, on the test kit's own store: a fake that other tests may believe. */
final class InMemoryObjectStoreContractTest extends ObjectStoreContract {

    private final InMemoryObjectStore memory = new InMemoryObjectStore(InstantSource.system());

    @Override
    protected ObjectStore openEmpty() {
        return memory;
    }

    @Override
    protected ObjectStore openAgain() {
        return memory;
    }
}
