package io.netsy.node.term;

import io.netsy.node.objectstore.ObjectStore;
import io.netsy.node.objectstore.file.FileObjectStore;
import io.netsy.node.wiring.objectstore.StoreEnvironments;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The contract, on a folder of this machine's disk. */
final class FileLeaseContractTest extends ObjectLeaseContract {
    @TempDir
    private Path scratch;

    @Override
    ObjectStore openStore() {
        return FileObjectStore.open(scratch.resolve("store"), StoreEnvironments.system());
    }
}
