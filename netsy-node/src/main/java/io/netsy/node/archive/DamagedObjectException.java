package io.netsy.node.archive;

/** An object of the bucket is not what its key promises; the message names it, the reason and the way out. */
public final class DamagedObjectException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String object;
    private final String reason;
    private final String wayOut;

    public DamagedObjectException(String object, String reason, String wayOut) {
        this(object, wayOut, Verdict.damaged(reason));
    }

    private DamagedObjectException(String object, String wayOut, Verdict verdict) {
        super("%s %s; %s".formatted(object, verdict.text(), wayOut));
        this.object = object;
        this.reason = verdict.text();
        this.wayOut = wayOut;
    }

    /** What follows the object's name in the message. */
    private record Verdict(String text) {
        static Verdict damaged(String reason) {
            return new Verdict("is damaged: " + reason);
        }
    }

    /** The object is whole, as far as anybody can tell, but of a format that this version does not know. */
    static DamagedObjectException ofNewerFormat(String object, int format, int known) {
        return new DamagedObjectException(
                object,
                "run the version of netsy that wrote it, or a newer one",
                new Verdict("was written by a newer netsy: format %d, this one reads %d".formatted(format, known)));
    }

    /** What can't be used. */
    public String object() {
        return object;
    }

    /** Why, as what follows the object's name in a sentence. */
    public String reason() {
        return reason;
    }

    /** What to do about it. */
    public String wayOut() {
        return wayOut;
    }
}
