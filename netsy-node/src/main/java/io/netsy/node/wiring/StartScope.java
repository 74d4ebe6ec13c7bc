package io.netsy.node.wiring;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a start has opened so far: closed in the reverse order unless the start gets to its end. For one thread. */
final class StartScope implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StartScope.class);

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    /** Takes a part in and answers it. */
    <T extends AutoCloseable> T add(T part) {
        opened.push(part);
        return part;
    }

    /** The start is done: nothing is closed. */
    void keep() {
        opened.clear();
    }

    /** Closes what was opened; a part that can't be closed does not keep the others open. */
    @Override
    public void close() {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) {
                LOG.warn("giving up a start: {}", e.toString());
            }
        }
    }
}
