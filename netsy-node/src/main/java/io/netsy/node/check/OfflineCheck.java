package io.netsy.node.check;

import io.netsy.node.datadir.DataDirectory;
import io.netsy.node.objectstore.ObjectStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A check of a bucket, a data directory, or both against each other. Blocks; changes nothing. */
public final class OfflineCheck {
    private OfflineCheck() {}

    /**
     * Checks what is given.
     *
     * @param store opened to be read; null when only the directory is to be checked
     * @param directory locked to be read; null when only the store is to be checked
     * @param executor runs blocking reads
     * @throws IOException when the directory can't be read
     * @throws io.netsy.node.objectstore.ObjectStoreException when the store can't be read
     */
    public static CheckReport run(
            @Nullable ObjectStore store, @Nullable DataDirectory directory, Executor executor, CheckProgress progress)
            throws IOException {
        List<Finding> findings = new ArrayList<>();
        DataDirSummary dataDir = directory == null ? null : new DataDirCheck(directory, findings, progress).run();
        BucketSummary bucket = store == null ? null : new BucketCheck(store, executor, findings, progress).run(dataDir);
        return new CheckReport(bucket, dataDir, findings);
    }
}
