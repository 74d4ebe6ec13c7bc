package io.netsy.node.objectstore.file;

import io.netsy.node.objectstore.ObjectStore;
import io.netsy.node.objectstore.ObjectStoreContract;
import io.netsy.node.wiring.objectstore.StoreEnvironments;

/** The contract, on a folder of this machine's disk. */
final class FileObjectStoreContractTest extends ObjectStoreContract {

    @Override
    protected ObjectStore openEmpty() {
        return openAgain();
    }

    @Override
    protected ObjectStore openAgain() {
        return FileObjectStore.open(scratch.resolve("store"), StoreEnvironments.system());
    }
}
