package io.netsy.replication.core;

import io.netsy.replication.core.PeerMessage.Identity;
import io.netsy.replication.model.LogPosition;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/**
 * What an elector and a node say to each other, each message for itself. None of them makes anybody primary: a hint has the node
 * read the register, and what a node answers counts for the term it was asked in (brief, section 5). Messages may be lost,
 * doubled, late and overtaken.
 */
public sealed interface ElectorMessage {

    /** What an elector says. */
    sealed interface FromElector extends ElectorMessage {}

    /** What a node says. */
    sealed interface FromNode extends ElectorMessage {}

    /**
     * Asks for a sign of life, and says what the elector last read in the register.
     *
     * @param term the register's
     * @param assigned whether it names a primary in that term
     * @param primary who it is, or was last
     * @param process of that primary
     */
    record Ping(long term, boolean assigned, String primary, UUID process) implements FromElector {
        /** Says nothing of the register. */
        public static final Ping ASKING = new Ping(0, false, "", new UUID(0, 0));
    }

    /** From now on follow no term below this one, and say what is flushed once that is certain. */
    record Fence(long term) implements FromElector {}

    /** Where does what this node holds behind the bucket's tip end? Asked of a node that is fenced in this term. */
    record AskTail(long term, LogPosition tip) implements FromElector {}

    /**
     * The primary of this term is asked to finish what is under way, and to hand over.
     *
     * @param to who is to lead the next term
     */
    record HandOver(long term, UUID process, Successor to) implements FromElector {}

    /**
     * A node that is to lead.
     *
     * @param process the random id of this start of its process
     */
    record Successor(Identity identity, UUID process) {}

    /** What a node is at the moment. */
    enum Occupation {
        /** It has no stream to a primary. */
        IDLE,
        /** It has a stream to the primary of {@link Health#term}. */
        FOLLOWING,
        /** It is the primary of {@link Health#term}, and TermStart does not stand yet. */
        OPENING,
        /** It is the primary of {@link Health#term}. */
        SERVING,
        /** It was named primary of {@link Health#term} and can't reach the required tip. */
        UNABLE
    }

    /**
     * A sign of life.
     *
     * @param process the random id of this start of its process
     * @param promised the highest term it promised not to go below
     * @param term the term of its occupation; 0 when idle
     * @param silence how long the primary it follows has said nothing; the stream may be open still
     */
    record Health(Identity identity, UUID process, long promised, Occupation occupation, long term, Duration silence)
            implements FromNode {}

    /**
     * The promise is durable, the streams of older terms are closed, and this is the end of what is flushed: the position of an
     * entry, never the promised term (brief, section 5).
     */
    record Fenced(Identity identity, UUID process, long term, LogPosition flushed) implements FromNode {}

    /**
     * Where the frames end that follow the tip under the tip's own term: the tip itself if there are none, nothing when the file
     * does not hold the tip.
     */
    record Tail(Identity identity, long term, LogPosition tip, Optional<LogPosition> end) implements FromNode {}
}
