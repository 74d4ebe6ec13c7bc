package io.netsy.node.archive;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A snapshot's stream that tells how far it was read. */
final class CountedStream extends FilterInputStream {
    private final SnapshotInfo snapshot;
    private final SnapshotArchive.LoadProgress progress;
    private long loadedBytes;

    CountedStream(InputStream in, SnapshotInfo snapshot, SnapshotArchive.LoadProgress progress) {
        super(in);
        this.snapshot = snapshot;
        this.progress = progress;
    }

    @Override
    public int read() throws IOException {
        int value = super.read();
        count(value < 0 ? 0 : 1);
        return value;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int count = super.read(target, offset, length);
        count(Math.max(count, 0));
        return count;
    }

    private void count(int bytes) {
        loadedBytes += bytes;
        progress.loaded(snapshot.key(), loadedBytes, snapshot.sizeBytes());
    }
}
