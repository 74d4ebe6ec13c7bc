package io.netsy.elector.assignment;

import org.jspecify.annotations.Nullable;

/** What a source of assignments says at a moment: who holds the elector's role. Immutable. */
public sealed interface Assignment {

    /** An end of trust that never comes, of an answer that only an operator changes. */
    long FOREVER = Long.MAX_VALUE;

    /**
     * Somebody holds the role.
     *
     * @param holder the name of a node
     * @param self whether it is this very process; a process of the same name started earlier is not
     * @param token raised each time that the holder changes, 0 where the source counts nothing; for logs and for people, since
     *     it starts again when the source's object is deleted (protocol safety, 26)
     * @param trustedUntilNanos on the injected boot clock: from then on the answer is too old to be believed
     */
    record Held(String holder, boolean self, long token, long trustedUntilNanos) implements Assignment {
        public Held {
            if (holder.isBlank()) {
                throw new IllegalArgumentException("the holder of the elector's role has no name");
            }
        }

        boolean isTrustedAt(long nowNanos) {
            return trustedUntilNanos == FOREVER || trustedUntilNanos - nowNanos > 0;
        }
    }

    /** Nobody holds it. */
    record Vacant() implements Assignment {}

    /** The source can't be asked, or its last answer is too old. */
    record Unknown(String reason) implements Assignment {}

    /** Whether this process is the elector. */
    default boolean isSelf() {
        return this instanceof Held held && held.self();
    }

    /** The name of the holder, null when there is none or it is not known. */
    default @Nullable String holderOrNull() {
        return this instanceof Held held ? held.holder() : null;
    }

    /** What is left of the answer at this time of the boot clock: it turns into {@link Unknown} when its trust is over. */
    default Assignment at(long nowNanos) {
        return this instanceof Held held && !held.isTrustedAt(nowNanos)
                ? new Unknown("the answer that '%s' is the elector is too old".formatted(held.holder()))
                : this;
    }

    /** Whether both name the same holder, or none; how long they are trusted and why they are not does not matter. */
    default boolean namesTheSame(Assignment other) {
        return switch (this) {
            case Held held ->
                other instanceof Held that
                        && held.holder().equals(that.holder())
                        && held.self() == that.self()
                        && held.token() == that.token();
            case Vacant ignored -> other instanceof Vacant;
            case Unknown ignored -> other instanceof Unknown;
        };
    }
}
