package io.netsy.chaos.sim;

import io.netsy.elector.election.ElectorEffect;
import io.netsy.elector.election.ElectorEvent;
import io.netsy.elector.term.TermRegister;
import io.netsy.replication.codec.Frame;
import io.netsy.replication.core.PrimaryEffect;
import io.netsy.replication.core.PrimaryEvent;
import io.netsy.replication.core.StandbyEffect;
import io.netsy.replication.core.StandbyEvent;
import io.netsy.replication.model.LogPosition;
import java.util.List;
import java.util.Optional;

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

    /** What an elector hears. */
    default ElectorEvent toElector(ElectorEvent event) {
        return event;
    }

    /** What an elector's wants become. */
    default List<ElectorEffect> fromElector(ElectorEvent cause, List<ElectorEffect> effects) {
        return effects;
    }

    /** Whether a node that is asked for a fence promises the term and closes the streams of older ones. */
    default boolean keepsPromises() {
        return true;
    }

    /** Where a node says that its frames behind the bucket's tip end. */
    default Optional<LogPosition> tail(SimDisk disk, LogPosition tip) {
        return disk.tailAfter(tip);
    }

    /** Whether a new primary begins though it does not hold what the register requires. */
    default boolean opensBelowTheRequiredTip() {
        return false;
    }

    /** Whether an elector's swap replaces whatever stands there. */
    default boolean swapsBlindly() {
        return false;
    }

    /** Whether a primary hands over before everything that it acknowledged stands in the bucket. */
    default boolean handsOverEarly() {
        return false;
    }

    /** Whether a primary goes on for a while after the register names its successor. */
    default boolean servesOnAfterHandingOver() {
        return false;
    }

    /** Whether somebody deletes the register. */
    default boolean deletesTheRegister() {
        return false;
    }

    /** Whether leases are measured by the wall clock. */
    default boolean measuresByWallClock() {
        return false;
    }

    /** The tail that a new primary archives. */
    default List<Frame> archivedTail(LogPosition tip, List<Frame> tail) {
        return tail;
    }

    /** Whether a read may use the answer to a question that was asked before it came. */
    default boolean readsJoinQuestions() {
        return false;
    }

    /** The forced term that a new primary takes the register to tell of. */
    default long forcedTerm(TermRegister register) {
        return register.forcedTerm();
    }

    /** What this start of a node's process takes the register to say. */
    default TermRegister register(SimNode reader, TermRegister register) {
        return register;
    }

    /** Whether a swap of the register finds its own version, whatever its number and nonce. */
    default boolean comparesWhatIsSaid() {
        return false;
    }

    /** Whether retention keeps the first chunk of each term. */
    default boolean keepsFirstChunks() {
        return true;
    }

    /** Whether a walk that ends before other keys counts as one that found the tip. */
    default boolean holesAreTips() {
        return false;
    }

    /** Whether what a node promised outlives its process. */
    default boolean remembersPromises() {
        return true;
    }

    /** What a new primary goes on after. */
    default LogPosition beginning(SimDisk disk, LogPosition tip) {
        return tip;
    }
}
