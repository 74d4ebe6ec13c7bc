package io.netsy.replication.core;

import io.netsy.replication.codec.Frame;
import io.netsy.replication.model.LogPosition;
import java.util.ArrayList;
import java.util.List;

/**
 * What a new primary gathers before it may begin: the frames behind the bucket's tip up to the tip that the register requires, from
 * its own file first and then from whoever has them (brief, section 5; protocol safety, 2).
 *
 * <p>Whoever gave a frame, it is taken only if it follows the one before by checksum, is of the tip's term, and does not lead
 * beyond what is required. So what is complete is the chosen history and nothing else. For one thread.
 */
public final class TailFetch {
    private final LogPosition tip;
    private final LogPosition required;
    private final List<Frame> frames = new ArrayList<>();

    /**
     * @param tip the end of the chain in the bucket
     * @param required what the register requires
     */
    public TailFetch(LogPosition tip, LogPosition required) {
        this.tip = tip;
        this.required = required;
    }

    /** The end of what was gathered: frames behind it are wanted. */
    public LogPosition end() {
        return frames.isEmpty() ? tip : frames.getLast().end();
    }

    /** Takes of these frames, in order, what goes on from what there is. */
    public void offer(List<Frame> offered) {
        for (Frame frame : offered) {
            if (!isComplete()
                    && frame.follows(end())
                    && frame.header().term() == tip.term()
                    && frame.lastIndex() <= required.index()) {
                frames.add(frame);
            }
        }
    }

    /**
     * Whether the required tip is reached: by the chain itself, by a later term that began in the bucket, whose primary had it or
     * proved that nobody acknowledged it, or by what was gathered.
     */
    public boolean isComplete() {
        return tip.term() > required.term()
                || (tip.term() == required.term() && tip.index() >= required.index())
                || end().equals(required);
    }

    /** The frames behind the tip that are part of the history. */
    public List<Frame> frames() {
        return List.copyOf(frames);
    }
}
