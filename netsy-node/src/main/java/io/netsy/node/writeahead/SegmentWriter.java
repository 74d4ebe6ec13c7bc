package io.netsy.node.writeahead;

import io.netsy.replication.codec.Frame;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;

/**
 * Writes frames to one segment, over zeros as long as there are any behind the last frame. Used under {@link WriteAheadFile}'s
 * lock, but for {@link #force}.
 */
final class SegmentWriter implements AutoCloseable {
    private final FileChannel channel;
    private long end;
    private long roomEnd;

    /** Goes on behind the segment's last frame; whatever stands there must be zeros. */
    SegmentWriter(Segment segment) throws IOException {
        this.channel = FileChannel.open(segment.path(), StandardOpenOption.WRITE);
        this.end = segment.sizeBytes();
        this.roomEnd = channel.size();
        channel.position(end);
    }

    /** Bytes that can be written without growing the file. */
    long roomBytes() {
        return roomEnd - end;
    }

    /** Writes a frame behind the last one. After an exception {@link #cutAt} must take back what may stand there. */
    void write(Frame frame) throws IOException {
        Disk.write(channel, frame.bytes());
        end += frame.sizeBytes();
        roomEnd = Math.max(roomEnd, end);
    }

    /** Takes away whatever stands behind an offset. */
    void cutAt(long offset) throws IOException {
        channel.truncate(offset);
        channel.position(offset);
        end = offset;
        roomEnd = offset;
    }

    /** Gives back the room that no frame took. */
    void trim() throws IOException {
        if (roomEnd > end) {
            cutAt(end);
        }
    }

    /**
     * Makes what was written before the call durable.
     *
     * @param andCuts whether what was cut off is to stay away too
     */
    void force(boolean andCuts) throws IOException {
        channel.force(andCuts);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
