package io.netsy.node.peer;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One line for each new reason by which somebody is refused or can't be reached, and one when that is over. Safe for any thread. */
final class Refusals {
    private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);
    private static final int MAX_KNOWN = 1_000;

    private final String what;
    private final Map<String, String> reasons = new LinkedHashMap<>();

    /** @param what is refused, the begin of each line */
    Refusals(String what) {
        this.what = what;
    }

    /** @param who it is about: a node's name, or an address without its port */
    synchronized void refused(String who, String reason) {
        String before = reasons.put(who, reason);
        if (!reason.equals(before)) {
            LOG.warn("{} '{}': {}", what, who, reason);
        }
        if (reasons.size() > MAX_KNOWN) {
            reasons.remove(reasons.keySet().iterator().next());
        }
    }

    /** It works; quick where it did before. */
    synchronized void worked(String who) {
        if (!reasons.isEmpty()) {
            Optional.ofNullable(reasons.remove(who)).ifPresent(reason -> LOG.info("{} '{}': works again", what, who));
        }
    }
}
