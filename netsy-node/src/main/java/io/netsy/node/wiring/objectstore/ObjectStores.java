package io.netsy.node.wiring.objectstore;

import io.netsy.node.objectstore.CountingStore;
import io.netsy.node.objectstore.ObjectStore;
import io.netsy.node.objectstore.ReadOnlyStore;
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

    /** Opens the store to be read and never changed; returns at once, what is wrong with it shows at the first call. */
    public static ObjectStore openReadOnly(
            StoreSettings settings, StoreListener listener, StoreEnvironment environment) {
        ObjectStore store = switch (settings.uri()) {
            case StoreUri.FileUri file -> FileObjectStore.openUncleared(file.folder(), environment);
            case StoreUri.S3Uri s3 -> S3ObjectStore.open(s3, settings.s3(), listener, environment);
        };
        return new ReadOnlyStore(store);
    }

    /** Gets the S3 client ready, so that the first one is quicker. */
    public static void preloadS3() {
        S3ObjectStore.preload();
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
