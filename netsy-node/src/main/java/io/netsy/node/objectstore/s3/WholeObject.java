package io.netsy.node.objectstore.s3;

import io.netsy.node.objectstore.ObjectVersion;
import io.netsy.node.objectstore.StoredObject;
import java.io.EOFException;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.utils.DateUtils;

/** Reads the answer to a GET into memory, into an array of just its size. */
final class WholeObject {

    private WholeObject() {}

    static StoredObject read(SdkHttpResponse answer, AbortableInputStream body) throws IOException {
        Optional<String> eTag = answer.firstMatchingHeader("ETag");
        Optional<String> lastModified = answer.firstMatchingHeader("Last-Modified");
        Optional<String> size = answer.firstMatchingHeader("Content-Length");
        if (eTag.isEmpty() || lastModified.isEmpty() || size.isEmpty()) {
            throw new IOException("the endpoint answered without ETag, Last-Modified or Content-Length, unlike S3");
        }
        try {
            int sizeBytes = Integer.parseInt(size.get());
            byte[] bytes = body.readNBytes(sizeBytes);
            if (bytes.length < sizeBytes) {
                throw new EOFException("the answer ended after " + bytes.length + " of " + sizeBytes + " bytes");
            }
            Instant written = DateUtils.parseRfc822Date(lastModified.get());
            return new StoredObject(bytes, new ObjectVersion(eTag.get()), written);
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new IOException("the endpoint's headers are not S3's: " + e.getMessage(), e);
        }
    }
}
