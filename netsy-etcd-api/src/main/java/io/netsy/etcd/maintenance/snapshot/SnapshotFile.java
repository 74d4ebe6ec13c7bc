package io.netsy.etcd.maintenance.snapshot;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The file in which a snapshot is made before it is sent. Its name is gone as soon as it is open, so the disk has its
 * space back however the process ends.
 *
 * <p>It is a good neighbour: every 32 MiB it waits until they are on the disk, so that a flush of somebody else never waits
 * for more than that, and looks whether the disk has room for more. For one thread.
 */
final class SnapshotFile implements Closeable {
    private static final long STEP_BYTES = 32L << 20;

    private final FileChannel channel;
    private final FileStore disk;
    private final SnapshotSettings settings;

    private SnapshotFile(FileChannel channel, FileStore disk, SnapshotSettings settings) {
        this.channel = channel;
        this.disk = disk;
        this.settings = settings;
    }

    static SnapshotFile create(SnapshotSettings settings) throws IOException {
        Files.createDirectories(settings.directory());
        // Such files are made so that nobody but their owner can read them.
        Path name = Files.createTempFile(settings.directory(), "etcd-snapshot-", ".db");
        FileChannel channel = FileChannel.open(
                name, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
        return new SnapshotFile(channel, Files.getFileStore(settings.directory()), settings);
    }

    /** Where the content is written to; closing it changes nothing. */
    SeekableByteChannel output() {
        return new Output();
    }

    /** Reads the next bytes from the position on, as many as the array takes. */
    void read(byte[] bytes, long position) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, position + buffer.position()) < 0) {
                throw new EOFException("the file of a snapshot became shorter while it was sent");
            }
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private final class Output implements SeekableByteChannel {
        private long unflushed;

        @Override
        public int write(ByteBuffer source) throws IOException {
            int written = channel.write(source);
            unflushed += written;
            if (unflushed >= STEP_BYTES) {
                unflushed = 0;
                channel.force(false);
                checkRoom();
            }
            return written;
        }

        private void checkRoom() throws IOException {
            long free = disk.getUsableSpace();
            if (free < settings.keptFreeBytes()) {
                throw new IOException("the snapshot needs more room than the disk of %s has: %d MiB are left"
                        .formatted(settings.directory(), free >> 20));
            }
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            return channel.read(target);
        }

        @Override
        public long position() throws IOException {
            return channel.position();
        }

        @Override
        public SeekableByteChannel position(long newPosition) throws IOException {
            channel.position(newPosition);
            return this;
        }

        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public SeekableByteChannel truncate(long size) throws IOException {
            channel.truncate(size);
            return this;
        }

        @Override
        public boolean isOpen() {
            return channel.isOpen();
        }

        @Override
        public void close() {}
    }
}
