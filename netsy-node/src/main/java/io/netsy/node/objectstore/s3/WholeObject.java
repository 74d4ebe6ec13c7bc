package io.netsy.node.objectstore.s3;

import io.netsy.node.objectstore.ObjectVersion;
import io.netsy.node.objectstore.StoredObject;
import java.io.EOFException;
import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** Reads the answer to a GET into memory, into an array of just its size. */
final class WholeObject {

    private WholeObject() {}

    static StoredObject read(GetObjectResponse response, AbortableInputStream body) throws IOException {
        @Nullable String eTag = response.eTag();
        @Nullable Instant lastModified = response.lastModified();
        @Nullable Long sizeBytes = response.contentLength();
        if (eTag == null || lastModified == null || sizeBytes == null) {
            throw new IOException("the endpoint answered without ETag, Last-Modified or Content-Length, unlike S3");
        }
        byte[] bytes = body.readNBytes(Math.toIntExact(sizeBytes));
        if (bytes.length < sizeBytes) {
            throw new EOFException("the answer ended after " + bytes.length + " of " + sizeBytes + " bytes");
        }
        return new StoredObject(bytes, new ObjectVersion(eTag), lastModified);
    }
}
