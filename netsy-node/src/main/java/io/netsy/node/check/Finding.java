package io.netsy.node.check;

import io.netsy.node.archive.DamagedObjectException;

/**
 * One thing that is wrong.
 *
 * @param object what it is about, for example {@code chunk log/00000000000000000007}
 * @param reason what follows the object in a sentence
 * @param wayOut what to do about it
 */
public record Finding(String object, String reason, String wayOut) {
    static Finding of(DamagedObjectException e) {
        return new Finding(e.object(), e.reason(), e.wayOut());
    }

    /**
     * A failure whose message names an object, the reason and, behind its last semicolon, the way out.
     *
     * @param object what the message may begin with
     */
    static Finding of(String object, Exception e) {
        String message = String.valueOf(e.getMessage());
        String rest =
                message.startsWith(object) ? message.substring(object.length()).replaceFirst("^[: ]+", "") : message;
        int end = rest.lastIndexOf("; ");
        return end < 0
                ? new Finding(object, rest, "see the reason")
                : new Finding(object, rest.substring(0, end), rest.substring(end + 2));
    }

    /** The whole finding as one line. */
    public String line() {
        return object + " " + reason + "; " + wayOut;
    }
}
