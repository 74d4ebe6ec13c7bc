package io.netsy.node.objectstore.s3;

import io.netsy.node.objectstore.StoreRequest.Kind;
import io.netsy.node.objectstore.s3.S3Requests.Request;
import io.netsy.node.objectstore.s3.S3Requests.S3Failed;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * One version of an object as a stream that asks for the rest when its connection breaks. It gives up when it breaks
 * {@value #MAX_BREAKS} times without a byte in between, or when the object is replaced meanwhile.
 */
final class ResumingStream extends InputStream {

    private static final int MAX_BREAKS = 5;

    private final S3Requests requests;
    private final S3Names names;
    private final String key;
    private final String action;
    private final String eTag;
    private final long sizeBytes;
    private @Nullable ResponseInputStream<GetObjectResponse> current;
    private long position;
    private int breaksSinceProgress;

    private ResumingStream(
            S3Requests requests, S3Names names, String key, ResponseInputStream<GetObjectResponse> first) {
        this.requests = requests;
        this.names = names;
        this.key = key;
        this.action = names.action("read", key);
        this.current = first;
        this.eTag = first.response().eTag();
        this.sizeBytes = first.response().contentLength();
    }

    /** Asks for the object; throws what the port's {@code open} does. */
    static InputStream open(S3Requests requests, S3Names names, String key) {
        String action = names.action("open", key);
        GetObjectRequest request = GetObjectRequest.builder()
                .bucket(names.bucket())
                .key(names.inBucket(key))
                .build();
        try {
            return new ResumingStream(requests, names, key, request(requests, action, request));
        } catch (S3Failed failed) {
            throw failed.ofRead(action);
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        while (position < sizeBytes) {
            try {
                int count = stream().read(target, offset, length);
                if (count < 0) {
                    throw new EOFException("the answer ended after " + position + " of " + sizeBytes + " bytes");
                }
                position += count;
                breaksSinceProgress = 0;
                return count;
            } catch (IOException e) {
                breakOff(e);
            }
        }
        return -1;
    }

    @Override
    public void close() throws IOException {
        ResponseInputStream<GetObjectResponse> stream = current;
        current = null;
        if (stream == null) {
            return;
        }
        if (position < sizeBytes) {
            stream.abort();
        } else {
            stream.close();
        }
    }

    private InputStream stream() throws IOException {
        ResponseInputStream<GetObjectResponse> stream = current;
        if (stream == null) {
            stream = askForRest();
            current = stream;
        }
        return stream;
    }

    private ResponseInputStream<GetObjectResponse> askForRest() throws IOException {
        GetObjectRequest request = GetObjectRequest.builder()
                .bucket(names.bucket())
                .key(names.inBucket(key))
                .range("bytes=" + position + "-")
                .ifMatch(eTag)
                .build();
        try {
            return request(requests, action, request);
        } catch (S3Failed failed) {
            if (failed.fault() instanceof S3Fault.ConditionFailed) {
                throw new StreamLost(action + ": the object was replaced while it was read", failed);
            }
            throw new StreamLost(failed.ofRead(action).getMessage(), failed);
        }
    }

    private void breakOff(IOException fault) throws IOException {
        if (fault instanceof StreamLost) {
            throw fault;
        }
        ResponseInputStream<GetObjectResponse> stream = current;
        current = null;
        if (stream != null) {
            stream.abort();
        }
        breaksSinceProgress++;
        if (breaksSinceProgress == MAX_BREAKS || Thread.currentThread().isInterrupted()) {
            throw new StreamLost(
                    action + ": broken off at byte " + position + " of " + sizeBytes + " (" + fault.getMessage()
                            + "); try again later",
                    fault);
        }
    }

    private static ResponseInputStream<GetObjectResponse> request(
            S3Requests requests, String action, GetObjectRequest request) throws S3Failed {
        return requests.repeated(new Request<>(
                Kind.GET,
                action,
                0,
                clients -> clients.s3().getObject(request),
                answer -> answer.response().contentLength()));
    }

    /** An end of the stream that asking again doesn't mend. */
    private static final class StreamLost extends IOException {
        StreamLost(@Nullable String message, Throwable cause) {
            super(message, cause);
        }
    }
}
