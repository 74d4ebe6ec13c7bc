package io.netsy.chaos.sim;

import io.netsy.replication.codec.Frame;
import io.netsy.replication.core.PrimaryEffect;
import io.netsy.replication.core.PrimaryEvent;
import io.netsy.replication.core.StandbyEffect;
import io.netsy.replication.core.StandbyEvent;
import io.netsy.replication.model.LogPosition;
import java.util.List;

/**
 * Takes one rule of the protocol away, without touching the core: it stands between the core and what surrounds it. One
 * object serves one run. Overriding nothing breaks nothing.
 */
interface Sabotage {
    /** All rules hold. */
    Sabotage NONE = new Sabotage() {};

    /** What a primary hears. */
    default PrimaryEvent toPrimary(PrimaryEvent event) {
        return event;
    }

    /** What a primary's wants become. */
    default List<PrimaryEffect> fromPrimary(PrimaryEvent cause, List<PrimaryEffect> effects) {
        return effects;
    }

    /** What a standby hears. */
    default StandbyEvent toStandby(StandbyEvent event) {
        return event;
    }

    /** What a standby's wants become. */
    default List<StandbyEffect> fromStandby(StandbyEvent cause, List<StandbyEffect> effects) {
        return effects;
    }

    /** The tail that a new primary archives. */
    default List<Frame> archivedTail(LogPosition tip, List<Frame> tail) {
        return tail;
    }

    /** Whether a read may use the answer to a question that was asked before it came. */
    default boolean readsJoinQuestions() {
        return false;
    }

    /** Whether a walk that ends before other keys counts as one that found the tip. */
    default boolean holesAreTips() {
        return false;
    }

    /** Whether a primary promises that it will never follow a lower term than its own. */
    default boolean promisesItsOwnTerm() {
        return true;
    }

    /** Whether a new primary goes on after what its replica holds, instead of after the tip in the bucket. */
    default boolean beginsAtTheReplica() {
        return false;
    }
}
