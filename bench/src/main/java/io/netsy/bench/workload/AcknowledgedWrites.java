package io.netsy.bench.workload;

import io.netsy.bench.load.KeySpace;
import io.netsy.bench.load.Session;
import io.netsy.bench.stats.ErrorCounts;
import java.io.IOException;
import java.util.BitSet;

/**
 * The newest acknowledged revision of each key, and the keys where an answer was lost since. For the loop's thread, and
 * after the load for another.
 */
final class AcknowledgedWrites {
    private final long[] revisions;
    private final BitSet uncertain;

    AcknowledgedWrites(int keys) {
        revisions = new long[keys];
        uncertain = new BitSet(keys);
    }

    void acknowledge(int key, long revision) {
        revisions[key] = revision;
        uncertain.clear(key);
    }

    void loseAnswer(int key) {
        uncertain.set(key);
    }

    /** The key's newest known revision, 0 when there is none. */
    long revisionOf(int key) {
        return revisions[key];
    }

    /** Whether a write may have happened that was never answered. */
    boolean isUncertain(int key) {
        return uncertain.get(key);
    }

    /** Counts as lost each key that the server shows at an older revision than it acknowledged, or not at all. */
    void verify(Session session, KeySpace keys, ErrorCounts broken) throws IOException {
        long[] found = new long[revisions.length];
        session.visitKeys(keys, pair -> found[(int) keys.numberOf(pair.getKey())] = pair.getModRevision());
        for (int key = 0; key < found.length; key++) {
            if (found[key] < revisions[key]) {
                broken.add("WriteLost", 1);
            }
        }
    }
}
