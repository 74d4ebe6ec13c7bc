package io.netsy.etcd.maintenance.bbolt;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;

/** A file that grows by pages, first to last; its two meta pages are written when all others stand. */
final class PageFile {
    private static final int BUFFER_BYTES = 64 << 10;
    private static final byte[] ZEROS = new byte[Layout.PAGE_BYTES];

    private final SeekableByteChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private long nextPage = Layout.META_PAGES;

    /** @param channel of an empty file */
    PageFile(SeekableByteChannel channel) throws IOException {
        this.channel = channel;
        channel.position((long) Layout.META_PAGES * Layout.PAGE_BYTES);
    }

    /** Writes a page with what overflows it, and answers its number. */
    long append(TreePage page) throws IOException {
        long number = nextPage;
        long size = page.sizeBytes();
        long pages = Layout.pages(size);
        page.writeTo(this, number);
        write(new Span(ZEROS, (int) (pages * Layout.PAGE_BYTES - size)));
        nextPage += pages;
        return number;
    }

    void write(Span bytes) throws IOException {
        for (int at = 0; at < bytes.length(); ) {
            if (!buffer.hasRemaining()) {
                flush();
            }
            int part = Math.min(buffer.remaining(), bytes.length() - at);
            buffer.put(bytes.array(), at, part);
            at += part;
        }
    }

    private void flush() throws IOException {
        writeFully(buffer.flip());
        buffer.clear();
    }

    private void writeFully(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            int _ = channel.write(bytes);
        }
    }

    /** Writes the meta pages; answers the size of the file. */
    long finish(long root) throws IOException {
        flush();
        channel.position(0);
        writeFully(MetaPage.of(root, nextPage, 2));
        writeFully(MetaPage.of(root, nextPage, 1));
        return nextPage * Layout.PAGE_BYTES;
    }
}
