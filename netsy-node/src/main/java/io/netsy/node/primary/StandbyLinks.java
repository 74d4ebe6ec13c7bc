package io.netsy.node.primary;

import io.netsy.replication.codec.Frame;
import io.netsy.replication.core.PeerMessage.FromPrimary;
import io.netsy.replication.core.PeerMessage.Identity;
import io.netsy.replication.core.PrimaryEvent;
import io.netsy.replication.core.SyncRule;
import io.netsy.replication.model.LogPosition;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What a primary's core wants of this node's write-ahead file, of the streams to standbys and of the register. Called by the
 * sequencer's thread, must not block; what is found out comes back as events.
 */
public interface StandbyLinks {
    /** Writes the frame to this node's write-ahead file, in order; tells when it is flushed. */
    void append(Frame frame, Consumer<PrimaryEvent> events);

    /** Every frame up to this index stands in the bucket: the write-ahead file may let go of it. */
    void mayForget(long storedIndex);

    /** Says this on a stream, in order; a stream that is closed takes nothing. */
    void send(long stream, FromPrimary message);

    /** Ends a stream, telling the other side why. */
    void close(long stream, String reason);

    /** Looks for the last of these positions in what is older than memory. */
    void locate(long stream, List<LogPosition> candidates, Consumer<PrimaryEvent> events);

    /** Fetches frames from an index on, from the write-ahead file or the bucket. */
    void read(long stream, long fromIndex, Consumer<PrimaryEvent> events);

    /** Swaps rule and voters into the register. */
    void record(SyncRule rule, Set<Identity> voters, Consumer<PrimaryEvent> events);

    /** Of a node alone, which has no standbys and keeps no write-ahead file. */
    StandbyLinks NONE = new StandbyLinks() {
        @Override
        public void append(Frame frame, Consumer<PrimaryEvent> events) {}

        @Override
        public void mayForget(long storedIndex) {}

        @Override
        public void send(long stream, FromPrimary message) {}

        @Override
        public void close(long stream, String reason) {}

        @Override
        public void locate(long stream, List<LogPosition> candidates, Consumer<PrimaryEvent> events) {}

        @Override
        public void read(long stream, long fromIndex, Consumer<PrimaryEvent> events) {}

        @Override
        public void record(SyncRule rule, Set<Identity> voters, Consumer<PrimaryEvent> events) {}
    };
}
