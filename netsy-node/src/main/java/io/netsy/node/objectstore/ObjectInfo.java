package io.netsy.node.objectstore;

import java.time.Instant;

/**
 * A line of a listing.
 *
 * @param key the whole key, without the store's own prefix
 * @param lastModified by the store's clock
 */
public record ObjectInfo(String key, long sizeBytes, Instant lastModified) {

    public ObjectInfo {
        if (sizeBytes < 0) {
            throw new IllegalArgumentException("object " + key + " can't have a size of " + sizeBytes + " bytes");
        }
    }
}
