package io.netsy.node.recovery;

import io.netsy.node.archive.ChainWalk;
import io.netsy.node.archive.DamagedObjectException;
import io.netsy.node.archive.LogArchive;
import io.netsy.node.primary.PrimaryTerm;
import io.netsy.node.writeahead.WriteAheadFile;
import io.netsy.replication.codec.Frame;
import io.netsy.replication.core.Holdings;
import io.netsy.replication.model.CommitLevel;
import io.netsy.replication.model.LogPosition;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's write-ahead file after a start: made to fit what was recovered from replica and bucket. Used before anything is
 * written to the file, by one thread.
 */
public final class OwnLog implements PrimaryTerm.OwnLog {
    private static final Logger LOG = LoggerFactory.getLogger(OwnLog.class);

    private final WriteAheadFile file;
    private final LogArchive archive;
    private final Executor executor;

    /** @param executor runs blocking reads */
    public OwnLog(WriteAheadFile file, LogArchive archive, Executor executor) {
        this.file = file;
        this.archive = archive;
        this.executor = executor;
    }

    /**
     * What a standby begins with: frames after what is applied, if they follow it; else they are of a history that was given
     * up, or older than the bucket, and go.
     */
    public Holdings holdings(long promisedTerm, LogPosition applied) throws IOException {
        if (!file.holds(applied)) {
            LOG.info("the write-ahead file up to {} does not go on from {}, it begins anew", file.end(), applied);
            file.reset(applied);
        }
        return new Holdings(promisedTerm, applied, framesAfter(applied));
    }

    /**
     * Where the bucket is complete, what was never archived was never acknowledged, and goes. Else all of it stays, and is
     * what the new primary archives first (brief, section 5, step 6).
     */
    @Override
    public Remainder after(LogPosition recovered, CommitLevel level) throws IOException, DamagedObjectException {
        if (!file.holds(recovered)) {
            file.reset(recovered);
        }
        if (level.isCompleteInBucket()) {
            file.truncateAfter(recovered.index());
            return new Remainder(recovered, List.of());
        }
        ChainWalk walk = new ChainWalk(archive, file.base(), executor);
        while (walk.next().isPresent()) {
            // Only the end matters: what comes before was recovered.
        }
        List<Frame> tail = framesAfter(walk.end());
        LOG.info("{} frames are on this disk and not in the bucket, after {}", tail.size(), walk.end());
        return new Remainder(walk.end(), tail);
    }

    private List<Frame> framesAfter(LogPosition position) throws IOException {
        List<Frame> frames = new ArrayList<>();
        file.read(position.index() + 1, frame -> {
            if (frame.firstIndex() > position.index()) {
                frames.add(frame);
            }
            return true;
        });
        return frames;
    }
}
