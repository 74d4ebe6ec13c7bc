package io.netsy.node.check;

import io.netsy.replication.model.LogPosition;

/**
 * A position that somebody says is on the chain of the log.
 *
 * @param object who says so
 * @param what it is to that object, for example {@code its required tip}
 * @param wayOut what to do when it is not
 */
record Claim(String object, String what, LogPosition position, String wayOut) {
    Finding refuted(String reason) {
        return new Finding(object, "does not fit the log: %s is %s, %s".formatted(what, position, reason), wayOut);
    }
}
