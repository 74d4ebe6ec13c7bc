package io.netsy.node.wiring;

import com.google.gson.JsonParseException;
import io.netsy.node.objectstore.ObjectStore;
import io.netsy.node.objectstore.ObjectStoreException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds nodes of which what is known here says nothing yet: one that joined and leads, or votes, since this node heard of the log, and
 * any of them for an elector that is no node. They registered themselves in the store.
 */
final class Strangers {
    private static final Logger LOG = LoggerFactory.getLogger(Strangers.class);

    /** How often to look. */
    static final Duration PERIOD = Duration.ofMillis(500);

    /** Who is not found is looked for less and less often, up to once in so many periods. */
    private static final int MAX_PAUSE = 60;

    private final ObjectStore store;
    private final MemberBook book;
    private final AtomicBoolean looking = new AtomicBoolean();
    private Set<String> sought = Set.of();
    private int pause;
    private int left;

    Strangers(ObjectStore store, MemberBook book) {
        this.store = store;
        this.book = book;
    }

    /** Looks for those that are sought, if it is time to; blocks, and asks the store nothing while nobody is. */
    void look() {
        if (looking.compareAndSet(false, true)) {
            try {
                if (isTime(book.sought())) {
                    lookFor(sought);
                }
            } finally {
                looking.set(false);
            }
        }
    }

    private boolean isTime(Set<String> now) {
        if (!now.equals(sought)) {
            sought = now;
            pause = 0;
            left = 0;
        }
        if (left > 0) {
            left--;
            return false;
        }
        pause = Math.min(2 * pause + 1, MAX_PAUSE);
        left = pause;
        return true;
    }

    private void lookFor(Set<String> nodes) {
        try {
            for (String node : nodes) {
                Registrations.peerUrl(store, node).ifPresent(url -> {
                    LOG.info("node '{}' is reached at {}, as it says itself in the store", node, url);
                    book.found(node, url);
                });
            }
        } catch (ObjectStoreException | JsonParseException | IllegalStateException e) {
            LOG.debug("strangers are looked for later: {}", e.getMessage());
        }
    }
}
