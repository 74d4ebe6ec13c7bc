package io.netsy.replication.core;

import io.netsy.replication.codec.Frame;
import io.netsy.replication.model.LogPosition;
import java.util.List;
import java.util.Set;

/**
 * Where a primary begins.
 *
 * @param tip the end of the chain in the bucket
 * @param revision the store revision there
 * @param tail frames past the tip that belong to the history and are archived before TermStart: what was acknowledged by
 *     flush
 * @param voters the nodes and disks whose word counts, as the register says
 * @param forcedTerm the last term that an operator had begun without all that may have been acknowledged; 0 if there was none
 */
public record Opening(
        LogPosition tip, long revision, List<Frame> tail, Set<PeerMessage.Identity> voters, long forcedTerm) {
    public Opening {
        tail = List.copyOf(tail);
        voters = Set.copyOf(voters);
        LogPosition end = tip;
        for (Frame frame : tail) {
            if (!frame.follows(end)) {
                throw new IllegalArgumentException("%s does not follow %s".formatted(frame, end));
            }
            end = frame.end();
        }
    }

    /** A primary that has nothing to archive and no standbys. */
    public static Opening alone(LogPosition tip, long revision, long forcedTerm) {
        return new Opening(tip, revision, List.of(), Set.of(), forcedTerm);
    }
}
