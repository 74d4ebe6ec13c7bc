package io.netsy.node.objectstore.testkit;

import io.netsy.node.objectstore.S3Settings;
import java.io.InputStream;
import java.net.URI;
import java.util.Properties;
import org.gaul.s3proxy.BlobStores;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.blobstore.ForwardingBlobStore;
import org.gaul.s3proxy.blobstore.S3Exceptions;
import org.gaul.s3proxy.blobstore.domain.MultipartUpload;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;

/**
 * A real S3 server in this JVM, over HTTP on a free port of the loopback address: S3Proxy on memory.
 *
 * <p>S3Proxy checks If-Match and If-None-Match, but its memory store does so before it writes and lets two concurrent
 * writers pass. {@link #startAtomic} puts a lock around that; {@link #startRacy} leaves it as it is, which makes it a
 * store that the probe must refuse.
 */
public final class S3ProxyServer implements AutoCloseable {

    private static final String ACCESS_KEY = "test";
    private static final String SECRET_KEY = "testtest";
    private static final String BUCKET = "netsy-test";

    private final S3Proxy proxy;

    private S3ProxyServer(S3Proxy proxy) {
        this.proxy = proxy;
    }

    /** A server that decides races between writers, with an empty bucket. */
    public static S3ProxyServer startAtomic() throws Exception {
        return start(new OneWriteAtATime(memory()));
    }

    /** A server that lets some writers of a race pass together, with an empty bucket. */
    public static S3ProxyServer startRacy() throws Exception {
        return start(memory());
    }

    public S3TestBucket bucket() {
        return bucket(BUCKET, SECRET_KEY);
    }

    /** A bucket that may not exist, asked for with a secret key that may be wrong. */
    public S3TestBucket bucket(String name, String secretKey) {
        return new S3TestBucket(
                endpoint(), "us-east-1", new S3Settings.Credentials.Fixed(ACCESS_KEY, secretKey, null), name);
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + proxy.getPort());
    }

    @Override
    public void close() {
        try {
            proxy.stop();
        } catch (Exception e) {
            throw new IllegalStateException("stopping S3Proxy on " + endpoint() + " failed", e);
        }
    }

    private static S3ProxyServer start(BlobStore blobs) throws Exception {
        blobs.createContainer(BUCKET);
        S3Proxy proxy = S3Proxy.builder()
                .endpoint(URI.create("http://127.0.0.1:0"))
                .awsAuthentication(AuthenticationType.AWS_V4, ACCESS_KEY, SECRET_KEY)
                .blobStore(blobs)
                .build();
        proxy.start();
        return new S3ProxyServer(proxy);
    }

    private static BlobStore memory() {
        return BlobStores.create("transient-nio2", new Properties());
    }

    /**
     * Makes the check of a condition and the write that follows one step. S3Proxy leaves If-None-Match to the store, and
     * settles If-Match itself, on the same thread, by asking for the object's ETag before it hands over the body; so the
     * ETag that the thread saw last is checked again under the lock.
     */
    private static final class OneWriteAtATime extends ForwardingBlobStore {

        private static final ThreadLocal<HeadObjectResponse> lastSeen = new ThreadLocal<>();

        OneWriteAtATime(BlobStore blobs) {
            super(blobs);
        }

        @Override
        public HeadObjectResponse blobMetadata(HeadObjectRequest request) {
            lastSeen.remove();
            HeadObjectResponse seen = super.blobMetadata(request);
            lastSeen.set(seen);
            return seen;
        }

        @Override
        public synchronized PutObjectResponse putBlob(PutObjectRequest request, InputStream body) {
            HeadObjectResponse seen = lastSeen.get();
            lastSeen.remove();
            if (seen != null && request.ifNoneMatch() == null) {
                HeadObjectResponse now = super.blobMetadata(HeadObjectRequest.builder()
                        .bucket(request.bucket())
                        .key(request.key())
                        .build());
                if (!seen.eTag().equals(now.eTag())) {
                    throw S3Exceptions.preconditionFailed(null);
                }
            }
            return super.putBlob(request, body);
        }

        @Override
        public synchronized CompleteMultipartUploadResponse completeMultipartUpload(
                MultipartUpload upload, CompleteMultipartUploadRequest request) {
            return super.completeMultipartUpload(upload, request);
        }
    }
}
