package io.netsy.etcd.election;

import io.netsy.etcd.state.KeyEvent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Events on their way from the committing thread to an observation. Bounded: what is too much is forgotten, and so is
 * what came before it. Safe for any thread.
 */
final class EventBuffer {
    private static final long MAX_BYTES = 4 << 20;

    private final Runnable wakeUp;
    private @Nullable List<KeyEvent> events = new ArrayList<>();
    private long bytes;
    private boolean woken;

    /** @param wakeUp has {@link #take} called soon, on another thread */
    EventBuffer(Runnable wakeUp) {
        this.wakeUp = wakeUp;
    }

    void add(KeyEvent event) {
        synchronized (this) {
            bytes += event.record().key().length() + event.value().length();
            if (bytes > MAX_BYTES) {
                events = null;
            } else if (events != null) {
                events.add(event);
            }
            if (woken) {
                return;
            }
            woken = true;
        }
        wakeUp.run();
    }

    /** All events since the last call, in order; null when some were forgotten. */
    synchronized @Nullable List<KeyEvent> take() {
        List<KeyEvent> taken = events;
        events = new ArrayList<>();
        bytes = 0;
        woken = false;
        return taken;
    }
}
