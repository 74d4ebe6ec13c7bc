package io.netsy.node.objectstore.s3;

import io.netsy.node.objectstore.ObjectKeys;
import io.netsy.node.objectstore.ObjectStoreException;
import io.netsy.node.objectstore.ObjectVersion;
import io.netsy.node.objectstore.StoreUri;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** Keys as the port knows them and as the bucket does, and the words for both in messages. */
record S3Names(StoreUri.S3Uri uri, @Nullable URI endpoint) {

    String bucket() {
        return uri.bucket();
    }

    /** A key as the bucket knows it. */
    String inBucket(String key) {
        return uri.keyPrefix() + ObjectKeys.check(key);
    }

    /** The beginning of keys as the bucket knows it. */
    String prefixInBucket(String prefix) {
        return uri.keyPrefix() + prefix;
    }

    /** A key that the bucket listed, as the port knows it. */
    String fromBucket(String keyInBucket) {
        return keyInBucket.substring(uri.keyPrefix().length());
    }

    /** What is tried on what, for messages. */
    String action(String what, String key) {
        return what + " s3://" + uri.bucket() + "/" + uri.keyPrefix() + key;
    }

    String endpointName() {
        return endpoint == null ? "AWS" : endpoint.toString();
    }

    String describe() {
        return endpoint == null ? uri.toString() : uri + " (endpoint " + endpoint + ")";
    }

    /** The version that an answer names; an answer to a write without one did not come from S3. */
    static ObjectVersion version(@Nullable String eTag, String action) {
        if (eTag == null || eTag.isEmpty()) {
            throw new ObjectStoreException.OutcomeUnknown(
                    action, "the endpoint answered \"done\" without an ETag, which S3 never does", null);
        }
        return new ObjectVersion(eTag);
    }
}
