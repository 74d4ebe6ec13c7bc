package io.netsy.node.wiring.objectstore;

import io.netsy.node.objectstore.CountingStore;
import io.netsy.node.objectstore.ObjectStore;
import io.netsy.node.objectstore.StoreEnvironment;
import io.netsy.node.objectstore.StoreListener;
import io.netsy.node.objectstore.StoreSettings;
import io.netsy.node.objectstore.StoreUri;
import io.netsy.node.objectstore.file.FileObjectStore;
import io.netsy.node.objectstore.s3.S3ObjectStore;

/** Opens the store that settings name. */
public final class ObjectStores {

    private ObjectStores() {}

    /** Opens a store that nobody counts, with the real clocks and randomness. */
    public static ObjectStore open(StoreSettings settings) {
        return open(settings, StoreListener.NONE, StoreEnvironments.system());
    }

    /**
     * Opens the store and returns at once; what is wrong with it shows at the first call.
     *
     * @param listener is told of every request to the store
     */
    public static ObjectStore open(StoreSettings settings, StoreListener listener, StoreEnvironment environment) {
        return switch (settings.uri()) {
            case StoreUri.FileUri file ->
                new CountingStore(FileObjectStore.open(file.folder(), environment), listener, environment.nanoTime());
            case StoreUri.S3Uri s3 -> S3ObjectStore.open(s3, settings.s3(), listener, environment);
        };
    }
}
