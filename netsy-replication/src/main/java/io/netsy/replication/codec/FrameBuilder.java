package io.netsy.replication.codec;

import io.netsy.replication.model.Entry;
import io.netsy.replication.model.LogPosition;
import java.nio.ByteBuffer;

/**
 * Gathers entries into the next frame of a history, encoding each once, as it comes.
 *
 * <p>For one thread. After {@link #seal} the builder stands behind the sealed frame and takes the next entries.
 */
public final class FrameBuilder {
    private static final int INITIAL_BYTES = 4096;

    private final long term;
    private final EntryCodec.Buffer buffer = new EntryCodec.Buffer(INITIAL_BYTES);
    private LogPosition tip;
    private long revision;
    private long firstRevision;
    private int entryCount;

    /**
     * @param term the term that frames are written under
     * @param tip the end of the history to extend
     * @param revision the store revision there
     */
    public FrameBuilder(long term, LogPosition tip, long revision) {
        if (term < tip.term()) {
            throw new IllegalArgumentException("term %d can't extend %s".formatted(term, tip));
        }
        this.term = term;
        this.tip = tip;
        this.revision = revision;
        reset();
    }

    private void reset() {
        buffer.clear();
        buffer.skip(FrameHeader.SIZE_BYTES);
        entryCount = 0;
    }

    /**
     * Adds an entry.
     *
     * @param revisionAfter the store revision once it is applied
     * @return the entry's log index
     */
    public long append(Entry entry, long revisionAfter) {
        EntryCodec.write(entry, buffer);
        revision = revisionAfter;
        if (entryCount++ == 0) {
            firstRevision = revisionAfter;
        }
        return lastIndex();
    }

    /** The index of the newest entry, sealed or not. */
    public long lastIndex() {
        return tip.index() + entryCount;
    }

    public boolean isEmpty() {
        return entryCount == 0;
    }

    /** Entries since the last seal. */
    public int entryCount() {
        return entryCount;
    }

    /** Bytes the frame would have if it were sealed now. */
    public int sizeBytes() {
        return buffer.size();
    }

    /**
     * Closes the frame over all entries since the last seal.
     *
     * @throws IllegalStateException when there are none
     */
    public Frame seal(long nowMillis) {
        if (entryCount == 0) {
            throw new IllegalStateException("a frame without entries");
        }
        byte[] bytes = buffer.toByteArray();
        FrameHeader unsummed = new FrameHeader(
                term,
                tip.index() + 1,
                lastIndex(),
                firstRevision,
                revision,
                nowMillis,
                tip.checksum(),
                bytes.length - FrameHeader.SIZE_BYTES,
                0);
        ByteBuffer view = ByteBuffer.wrap(bytes);
        unsummed.write(view);
        int checksum = Frame.checksum(bytes);
        view.putInt(FrameHeader.CHECKSUM_OFFSET, checksum);
        FrameHeader header = new FrameHeader(
                unsummed.term(),
                unsummed.firstIndex(),
                unsummed.lastIndex(),
                unsummed.firstRevision(),
                unsummed.lastRevision(),
                nowMillis,
                unsummed.previousChecksum(),
                unsummed.payloadBytes(),
                checksum);
        tip = header.end();
        reset();
        return new Frame(header, bytes);
    }
}
