package io.netsy.etcd.port;

import io.netsy.etcd.state.StateMachine;
import io.netsy.etcd.state.StoreState;
import io.netsy.etcd.state.Transition;
import io.netsy.replication.model.Entry;

/** What a proposal comes to. */
public sealed interface Evaluation<R> {
    /** What the sender is told. */
    R result();

    /** The request has an effect: this entry is to be logged, and leads to this state. */
    record Effect<R>(Entry entry, Transition transition, R result) implements Evaluation<R> {}

    /** The request changes nothing; its result still rests on everything sequenced before it. */
    record NoEffect<R>(R result) implements Evaluation<R> {}

    static <R> Evaluation<R> effect(StoreState tip, Entry entry, R result) {
        return new Effect<>(entry, StateMachine.apply(tip, entry), result);
    }

    static <R> Evaluation<R> noEffect(R result) {
        return new NoEffect<>(result);
    }
}
