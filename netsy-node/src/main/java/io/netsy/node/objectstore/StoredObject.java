package io.netsy.node.objectstore;

import java.time.Instant;
import java.util.Arrays;

/**
 * An object as it was read: its bytes, its version and when the store says it was last written.
 *
 * @param body the whole content; owned by the caller
 * @param lastModified by the store's clock, never to be compared with another clock where safety depends on it
 */
@SuppressWarnings("ArrayRecordComponent") // equality is by content, below
public record StoredObject(byte[] body, ObjectVersion version, Instant lastModified) {

    @Override
    public boolean equals(Object other) {
        return other instanceof StoredObject that
                && Arrays.equals(body, that.body)
                && version.equals(that.version)
                && lastModified.equals(that.lastModified);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(body) + version.hashCode();
    }

    @Override
    public String toString() {
        return "StoredObject[sizeBytes=" + body.length + ", version=" + version + ", lastModified=" + lastModified
                + "]";
    }
}
