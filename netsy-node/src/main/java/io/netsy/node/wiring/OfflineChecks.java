package io.netsy.node.wiring;

import io.netsy.node.check.CheckProgress;
import io.netsy.node.check.CheckReport;
import io.netsy.node.check.OfflineCheck;
import io.netsy.node.config.NodeConfig;
import io.netsy.node.datadir.DataDirectory;
import io.netsy.node.objectstore.ObjectStore;
import io.netsy.node.objectstore.StoreListener;
import io.netsy.node.wiring.objectstore.ObjectStores;
import io.netsy.node.wiring.objectstore.StoreEnvironments;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Opens what a configuration names, to be read, and checks it. */
public final class OfflineChecks {
    private OfflineChecks() {}

    /** What of the configuration is checked. */
    public record Scope(boolean store, boolean dataDir) {}

    /**
     * Checks and answers what was found.
     *
     * @throws Exception when it can't be looked at; the message says why, and the way out
     */
    public static CheckReport run(NodeConfig config, Scope scope, CheckProgress progress) throws Exception {
        try (StartScope opened = new StartScope();
                ExecutorService executor = Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("check-", 0).factory())) {
            DataDirectory directory = scope.dataDir() ? opened.add(DataDirectory.openToRead(config.dataDir())) : null;
            ObjectStore store = scope.store()
                    ? opened.add(ObjectStores.openReadOnly(
                            StoreSettingsOf.config(config), StoreListener.NONE, StoreEnvironments.system()))
                    : null;
            return OfflineCheck.run(store, directory, executor, progress);
        }
    }
}
