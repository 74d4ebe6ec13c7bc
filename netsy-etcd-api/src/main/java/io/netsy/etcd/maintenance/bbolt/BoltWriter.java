package io.netsy.etcd.maintenance.bbolt;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes a bbolt file whose top level holds buckets of sorted entries, as etcd's has (etcd semantics, section 15).
 *
 * <p>Everything is written once and in the order of the file, except for the meta pages; memory holds a page for each
 * level of the tree that is being written, and no more of a value than the one that is being put. There is no free list,
 * as etcd itself keeps none on disk. For one thread.
 */
public final class BoltWriter {
    private final PageFile file;
    private final Map<String, Long> roots = new TreeMap<>();

    /** @param channel of an empty file; stays open */
    public BoltWriter(SeekableByteChannel channel) throws IOException {
        this.file = new PageFile(channel);
    }

    /** Takes a bucket's entries. */
    @FunctionalInterface
    public interface Entries {
        /** Takes the next entry, whose key must be greater than the one before, as unsigned bytes. */
        void put(Span key, Span value) throws IOException;
    }

    /** Puts all of a bucket's entries. */
    @FunctionalInterface
    public interface Filling {
        void into(Entries entries) throws IOException;
    }

    /** Writes a bucket, whose ASCII name must be new. */
    public void bucket(String name, Filling filling) throws IOException {
        if (roots.containsKey(name)) {
            throw new IllegalArgumentException("two buckets named " + name);
        }
        TreeWriter tree = new TreeWriter(file);
        filling.into(tree);
        roots.put(name, tree.finish());
    }

    /** Completes the file and answers its size. */
    public long finish() throws IOException {
        TreeWriter root = new TreeWriter(file);
        for (Map.Entry<String, Long> bucket : roots.entrySet()) {
            Span name = Span.of(bucket.getKey().getBytes(StandardCharsets.US_ASCII));
            root.put(Layout.BUCKET_ELEMENT, name, bucketHeader(bucket.getValue()));
        }
        return file.finish(root.finish());
    }

    private static Span bucketHeader(long rootPage) {
        ByteBuffer header = ByteBuffer.allocate(Layout.BUCKET_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        return Span.of(header.putLong(rootPage).putLong(0).array());
    }
}
