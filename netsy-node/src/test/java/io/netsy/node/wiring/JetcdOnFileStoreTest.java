package io.netsy.node.wiring;

import java.nio.file.Path;
import java.util.Map;

class JetcdOnFileStoreTest extends JetcdEndToEndContract {
    @Override
    Map<String, String> storeOptions(Path folder) {
        return Map.of("store", "file:" + folder);
    }
}
