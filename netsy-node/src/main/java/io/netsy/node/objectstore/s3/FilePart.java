package io.netsy.node.objectstore.s3;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.ContentStreamProvider;

/**
 * A part of a file as the body of a request, read while it is sent. One thread uses it, and closes it after the request.
 *
 * <p>Reads a {@link FileInputStream}: a channel would be closed for good by the interrupt that ends a slow attempt.
 */
final class FilePart implements ContentStreamProvider, AutoCloseable {

    private final Path file;
    private final long offset;
    private final long sizeBytes;
    private @Nullable InputStream current;

    FilePart(Path file, long offset, long sizeBytes) {
        this.file = file;
        this.offset = offset;
        this.sizeBytes = sizeBytes;
    }

    RequestBody body() {
        return RequestBody.fromContentProvider(this, sizeBytes, Bodies.CONTENT_TYPE);
    }

    long sizeBytes() {
        return sizeBytes;
    }

    @Override
    public InputStream newStream() {
        close();
        try {
            FileInputStream stream = new FileInputStream(file.toFile());
            stream.skipNBytes(offset);
            InputStream section = new Section(stream, sizeBytes);
            current = section;
            return section;
        } catch (IOException e) {
            throw new UncheckedIOException("reading " + file + " for its upload failed", e);
        }
    }

    @Override
    public void close() {
        InputStream stream = current;
        current = null;
        if (stream != null) {
            try {
                stream.close();
            } catch (IOException e) {
                throw new UncheckedIOException("closing " + file + " failed", e);
            }
        }
    }

    /** The next bytes of a stream, as many and no more. */
    private static final class Section extends InputStream {

        private final InputStream stream;
        private long remaining;

        Section(InputStream stream, long sizeBytes) {
            this.stream = stream;
            this.remaining = sizeBytes;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (remaining == 0) {
                return -1;
            }
            int count = stream.read(target, offset, (int) Math.min(length, remaining));
            if (count < 0) {
                throw new IOException("the file became shorter while it was uploaded");
            }
            remaining -= count;
            return count;
        }

        @Override
        public void close() throws IOException {
            stream.close();
        }
    }
}
