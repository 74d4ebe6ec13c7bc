package io.netsy.replication.wire;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which ends of streams are worth a line in the log: of streams that never began, each reason of a peer once, until one with
 * that peer has begun and ended.
 *
 * <p>It keeps the newest {@value #MAX_KEPT} and no more, so that whoever is refused for ever new reasons takes no memory.
 * Thread-safe.
 */
final class News {
    static final int MAX_KEPT = 256;

    private final Map<End, Boolean> known = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<End, Boolean> eldest) {
            return size() > MAX_KEPT;
        }
    };

    private record End(String peer, String reason) {}

    /** What is news of one peer. */
    record Of(News all, String peer) {
        /** Whether no stream that never began has ended so before. */
        boolean isNew(String reason) {
            return all.add(new End(peer, reason));
        }

        /** A stream has begun: whatever happens next is new. */
        void forget() {
            all.remove(peer);
        }
    }

    Of of(String peer) {
        return new Of(this, peer);
    }

    private synchronized boolean add(End end) {
        return known.put(end, true) == null;
    }

    private synchronized void remove(String peer) {
        known.keySet().removeIf(end -> end.peer().equals(peer));
    }
}
