package io.netsy.node.check;

import io.netsy.replication.codec.Frame;
import io.netsy.replication.model.LogPosition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Positions that must be on the chain, compared with the frames that go by. A position is on it when a frame ends there,
 * or when the frame that begins behind it carries its checksum; the latter matters where the chunk itself was deleted
 * long ago. For one thread.
 */
final class Claims {
    private final Map<Long, List<Claim>> open = new HashMap<>();
    private final Set<Claim> held = new HashSet<>();
    private final List<Finding> findings;

    Claims(Collection<Claim> claims, List<Finding> findings) {
        this.findings = findings;
        for (Claim claim : claims) {
            if (!claim.position().equals(LogPosition.START)) {
                open.computeIfAbsent(claim.position().index(), _ -> new ArrayList<>())
                        .add(claim);
            }
        }
    }

    /** Takes in a frame of the chain. */
    void see(Frame frame) {
        settle(
                frame.firstIndex() - 1,
                claim -> claim.position().checksum() == frame.header().previousChecksum()
                        ? null
                        : "the frame behind it follows checksum %08x"
                                .formatted(frame.header().previousChecksum()));
        settle(
                frame.lastIndex(),
                claim -> claim.position().equals(frame.end()) ? null : "there the log has " + frame.end());
        for (Long index : List.copyOf(open.keySet())) {
            if (index >= frame.firstIndex() && index < frame.lastIndex()) {
                settle(index, claim -> "which is in the middle of " + frame);
            }
        }
    }

    /** Says what is wrong with a claim, or null. */
    private interface Judge {
        @Nullable
        String refute(Claim claim);
    }

    private void settle(long index, Judge judge) {
        List<Claim> claims = open.remove(index);
        for (Claim claim : claims == null ? List.<Claim>of() : claims) {
            String reason = judge.refute(claim);
            if (reason == null) {
                held.add(claim);
            } else {
                findings.add(claim.refuted(reason));
            }
        }
    }

    /** The log ends here: whatever claims a place beyond it is wrong. */
    void end(LogPosition tip) {
        for (Long index : List.copyOf(open.keySet())) {
            if (index > tip.index()) {
                settle(index, claim -> "the log ends at " + tip);
            }
        }
    }

    /** Whether the chain was seen to pass through the claimed position. */
    boolean holds(Claim claim) {
        return held.contains(claim);
    }
}
